/*
 * Making and changing elements. Texts become text nodes and nothing else: names, SQL and messages
 * come from outside, and no page of quern ever parses them as HTML.
 */

/* h('td', {class: 'num', on: {click: f}}, 'text', node, …); null, undefined and false are left out. */
export function h(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
    return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
        if (name === 'on')
            for (const [event, listener] of Object.entries(value))
                element.addEventListener(event, listener);
        else if (value === true)
            element.setAttribute(name, '');
        else if (value !== null && value !== undefined && value !== false)
            element.setAttribute(name, value);
    }
    add(element, children);
    return element;
}

function add(element, children) {
    for (const child of children.flat(Infinity))
        if (child !== null && child !== undefined && child !== false)
            element.append(child);
}

export const $ = (id) => document.getElementById(id);

/* Replaces what is in the element. */
export function put(element, ...children) {
    element.replaceChildren();
    add(element, children);
    return element;
}

/* Sets a text only when it differs, so that a selection by the reader stays. */
export function text(element, value) {
    const wanted = String(value);
    if (element.textContent !== wanted)
        element.textContent = wanted;
}

/*
 * Brings the children of `parent` in line with `items`: one element a key, made once, updated in
 * place, in the order of the items. `make(item)` returns {element, update(item)}.
 */
export function keyed(parent, items, key, make) {
    const old = parent.quernRows || new Map();
    const rows = new Map();
    for (const item of items) {
        const k = String(key(item));
        if (!rows.has(k))
            rows.set(k, old.get(k) || make(item));
        rows.get(k).update(item);
    }
    for (const [k, row] of old)
        if (!rows.has(k))
            row.element.remove();
    let place = parent.firstElementChild;
    for (const row of rows.values()) {
        if (row.element === place)
            place = place.nextElementSibling;
        else
            parent.insertBefore(row.element, place);
    }
    parent.quernRows = rows;
}

/* A bar with a label for those who do not see it. */
export function meter(label, classes) {
    const inner = h('i');
    const element = h('span', {class: 'meter' + (classes ? ' ' + classes : ''), role: 'progressbar',
                               'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100}, inner);
    return {
        element,
        set(done, total, spoken) {
            const percent = total > 0 ? Math.min(100, 100 * done / total) : 0;
            inner.style.width = percent + '%';
            element.setAttribute('aria-valuenow', Math.floor(percent));
            if (spoken)
                element.setAttribute('aria-valuetext', spoken);
        },
    };
}

export function state(name) {
    const lower = String(name || 'unknown').toLowerCase();
    return h('span', {class: 'state ' + lower.replace(/[^a-z]/g, '')}, capital(lower));
}

export const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

/* A command that can be copied. */
export function command(words) {
    const button = h('button', {class: 'plain', type: 'button'}, 'Copy');
    button.addEventListener('click', async () => {
        try {
            await navigator.clipboard.writeText(words);
            button.textContent = 'Copied';
        } catch (e) {
            const range = document.createRange();
            range.selectNodeContents(code);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            button.textContent = 'Selected';
        }
    });
    const code = h('code', null, words);
    return h('div', {class: 'cmd'}, code, button);
}
