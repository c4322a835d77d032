/* What every page has: theme button, connection state, server-sent events, ticking times. */
import {url, now} from './api.js';
import {clock} from './format.js';
import {$, text} from './dom.js';

/* ---- theme: the system's until the reader chooses ---- */

const wantsDark = matchMedia('(prefers-color-scheme: dark)');

function dark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === 'dark' : wantsDark.matches;
}

function label() {
    text($('theme'), dark() ? 'Light' : 'Dark');
    $('theme').setAttribute('aria-label', 'Switch to ' + (dark() ? 'light' : 'dark') + ' colours');
}

function switchTheme() {
    const chosen = dark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = chosen;
    try {
        localStorage.setItem('quern-theme', chosen);
    } catch (e) { /* then it holds for this page only */
    }
    label();
    dispatchEvent(new Event('quern-theme'));
}

$('theme').addEventListener('click', switchTheme);
wantsDark.addEventListener('change', () => {
    label();
    dispatchEvent(new Event('quern-theme'));
});
label();

/* The colours that canvas drawing needs, as the browser resolves them now. */
export function colours(names) {
    const probe = document.createElement('i');
    document.body.append(probe);
    const found = {};
    for (const name of names) {
        probe.style.color = 'var(--' + name + ')';
        found[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    return found;
}

/* ---- the connection ---- */

const RETRY_MS = 2000, AWAY_MS = 15000;
let source = null, lostSince = 0;

function say(state, words) {
    $('live').dataset.state = state;
    text($('live'), words);
}

function lost() {
    if (!lostSince)
        lostSince = now();
    say('lost', 'Connection lost');
    text($('lost-note'), 'No connection to the ' + $('lost-note').dataset.peer + ' since ' + clock(lostSince) +
                             '. What you see is the last known state; trying again.');
    $('lost-note').hidden = false;
}

function found() {
    lostSince = 0;
    say('live', 'Live');
    $('lost-note').hidden = true;
}

/*
 * Follows the server's events: handlers by event name get the parsed data. `reload` runs on every
 * (re)connection, since events are no replay of what was missed.
 */
export function follow(handlers, reload) {
    const connect = () => {
        if (source && source.readyState !== EventSource.CLOSED)
            return;
        const mine = source = new EventSource(url('api/quern/events'));
        mine.addEventListener('open', () => {
            found();
            reload();
        });
        mine.addEventListener('error', () => {
            lost();
            if (mine.readyState === EventSource.CLOSED)
                setTimeout(connect, RETRY_MS);
        });
        for (const [name, handler] of Object.entries(handlers))
            mine.addEventListener(name, (event) => handler(JSON.parse(event.data)));
    };
    /* A browser has few connections a server: a page that nobody looks at gives its own back. */
    let away = 0;
    document.addEventListener('visibilitychange', () => {
        clearTimeout(away);
        if (document.hidden)
            away = setTimeout(() => source.close(), AWAY_MS);
        else
            connect();
    });
    addEventListener('pagehide', () => source.close());
    addEventListener('pageshow', (event) => event.persisted && connect());
    connect();
}

/* Calls `work` every second while somebody looks. */
export function tick(work) {
    setInterval(() => {
        if (!document.hidden)
            work();
    }, 1000);
}
