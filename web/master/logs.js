/* A job's log: least level, filter, and the end in view while the reader is at the end. */
import {$, h, put, text} from './dom.js';
import * as f from './format.js';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const MOST = 2000; /* lines drawn: the latest */
let lines = [];
let least = 0;
let words = [];

const rank = (level) => Math.max(0, LEVELS.indexOf(String(level).toUpperCase().replace('WARNING', 'WARN')));

function draw() {
    const found = lines.filter((l) => rank(l.level) >= least && words.every((w) => l.text.toLowerCase().includes(w)));
    const fine = lines.some((l) => l.at_us % 1e6);
    const atEnd = $('log').scrollTop + $('log').clientHeight >= $('log').scrollHeight - 4;
    put($('log'), found.slice(-MOST).map((l) => h('li', {class: String(l.level).toLowerCase()}, h('time', {title: f.full(l.at_us)}, (fine ? f.stamp : f.clock)(l.at_us)), h('span', {class: 'level'}, l.level), h('span', {class: 'text'}, l.text))),
        found.length ? null : h('li', {class: 'quiet'}, 'No line is like that.'));
    text($('logs-count'), found.length === lines.length ? f.plural(lines.length, 'line') : f.count(found.length) + ' of ' + f.plural(lines.length, 'line'));
    if (atEnd)
        $('log').scrollTop = $('log').scrollHeight;
}

export function drawLogs(all) {
    const same = all.length === lines.length && all.every((l, i) => l.at_us === lines[i].at_us && l.text === lines[i].text);
    $('logs').hidden = !all.length;
    if (same)
        return;
    lines = all;
    draw();
}

for (const [name, label] of [['TRACE', 'All'], ['WARN', 'Warnings'], ['ERROR', 'Errors']])
    $('log-levels').append(h('button', {type: 'button', 'aria-pressed': String(name === 'TRACE'), on: {click: (event) => {
        least = rank(name);
        for (const b of $('log-levels').children)
            b.setAttribute('aria-pressed', String(b === event.currentTarget));
        draw();
    }}}, label));
$('log-search').addEventListener('input', (event) => {
    words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    draw();
});
