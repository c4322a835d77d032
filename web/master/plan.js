/* The operator tree as a picture: sources at the top, the result at the bottom, details on demand. */
import {$, h, put, svg} from './dom.js';

const W = 300, PAD = 12, GAP_X = 24, GAP_Y = 34, LINE = 15, CHARS = 40, DETAIL_LINES = 2;

/* ---- where each node goes ---- */

/* `name#7` tells columns apart; a picture reads better without. */
const plain = (detail) => String(detail || '').replace(/#\d+/g, '').replace(/\s+/g, ' ').trim();

function wrap(words) {
    const rows = [];
    let rest = plain(words);
    while (rest && rows.length < DETAIL_LINES) {
        let cut = rest.length <= CHARS ? rest.length : rest.lastIndexOf(' ', CHARS);
        if (cut < CHARS / 2)
            cut = Math.min(rest.length, CHARS);
        rows.push(rest.slice(0, cut));
        rest = rest.slice(cut).trim();
    }
    if (rest)
        rows[rows.length - 1] = rows[rows.length - 1].slice(0, CHARS - 2) + ' …';
    return rows;
}

function measure(node, depth, all) {
    const rows = wrap(node.detail);
    const n = {node, depth, rows, height: 2 * PAD + LINE + rows.length * LINE + (rows.length ? 2 : 0), children: (node.children || []).map((c) => measure(c, depth + 1, all))};
    all.push(n);
    return n;
}

function across(n, left) {
    let x = left;
    for (const c of n.children)
        x = across(c, x);
    const end = Math.max(x, left + W + GAP_X);
    n.x = n.children.length ? (n.children[0].x + n.children[n.children.length - 1].x) / 2 : left;
    return end;
}

function layout(plan) {
    const all = [], root = measure(plan, 0, all);
    const width = across(root, 0) - GAP_X, depth = Math.max(...all.map((n) => n.depth)), tops = [];
    let y = 0;
    for (let d = depth; d >= 0; d--) {
        tops[d] = y;
        y += Math.max(...all.filter((n) => n.depth === d).map((n) => n.height)) + GAP_Y;
    }
    for (const n of all)
        n.y = tops[n.depth];
    return {all, root, width, height: y - GAP_Y};
}

/* ---- drawing ---- */

function edge(from, to) {
    const x1 = from.x + W / 2, y1 = from.y + from.height, x2 = to.x + W / 2, y2 = to.y - 6, half = (y1 + y2) / 2;
    return [svg('path', {class: 'plan-edge', d: `M${x1} ${y1}C${x1} ${half} ${x2} ${half} ${x2} ${y2}`}),
            svg('path', {class: 'plan-tip', d: `M${x2 - 4} ${y2 - 1}h8l-4 7z`})];
}

function box(n, choose) {
    const name = n.node.name || 'Operator';
    const g = svg('g', {class: 'plan-node', transform: `translate(${n.x} ${n.y})`, tabindex: 0, role: 'button', 'aria-pressed': 'false', 'aria-label': name + (n.node.detail ? ': ' + plain(n.node.detail).slice(0, 120) : '')},
                  svg('rect', {width: W, height: n.height, rx: 4}), svg('text', {class: 'title', x: PAD, y: PAD + 11}, name.slice(0, 40)),
                  n.rows.map((r, i) => svg('text', {class: 'detail', x: PAD, y: PAD + 13 + (i + 1) * LINE}, r)));
    g.addEventListener('click', () => choose(g, n.node));
    g.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            choose(g, n.node);
        }
    });
    return g;
}

function list(node) {
    return h('li', null, h('b', null, node.name), node.detail ? [' ', h('span', {class: 'mono quiet break'}, node.detail)] : null,
             (node.children || []).length ? h('ul', null, node.children.map(list)) : null);
}

let drawn = null;

export function drawPlan(plan) {
    const is = JSON.stringify(plan || null);
    $('plan').hidden = !plan;
    if (!plan || is === drawn)
        return;
    drawn = is;
    const {all, width, height} = layout(plan);
    const detail = h('div', {class: 'plan-detail', role: 'status', hidden: true});
    const picture = svg('svg', {viewBox: `-1 -1 ${width + 2} ${height + 2}`, role: 'group', 'aria-label': 'Plan: ' + all.length + ' operators, data flows from top to bottom'});
    picture.style.maxWidth = width + 2 + 'px';
    picture.style.minWidth = Math.min(width, Math.max(W, 0.8 * width)) + 'px';
    const choose = (g, node) => {
        const off = g.getAttribute('aria-pressed') === 'true';
        for (const other of picture.querySelectorAll('.plan-node'))
            other.setAttribute('aria-pressed', 'false');
        g.setAttribute('aria-pressed', String(!off));
        detail.hidden = off;
        put(detail, h('b', null, node.name), '\n', node.detail || 'nothing more to say');
    };
    for (const n of all)
        picture.append(...n.children.flatMap((c) => edge(c, n)));
    /* Keyboard order is that of the data: deepest first. */
    for (const n of [...all].sort((a, b) => b.depth - a.depth || a.x - b.x))
        picture.append(box(n, choose));
    put($('plan-body'), h('div', {class: 'plan-box'}, picture), detail, h('details', null, h('summary', null, 'Plan as text'), h('ul', {class: 'plan-text'}, list(plan))));
}
