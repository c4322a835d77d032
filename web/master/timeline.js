/*
 * Tasks over time, a band for each worker, on a canvas. Tasks that overlap on a worker lie in lanes.
 * Where tasks would be narrower than they can be seen, the band shows instead how busy the worker was:
 * so the cost of a picture is bounded by tasks + pixels, whatever the number of tasks.
 */
import {h, put} from './dom.js';
import {colours} from './frame.js';
import * as f from './format.js';

const AXIS = 24, GAP = 8, MOST_HEIGHT = 4000, SEEN = 2.5 /* pixels a task must have on the average to be drawn */;
const NAMES = ['ink', 'ink-2', 'line', 'line-2', 'surface', 'sunken', 'bad', 'track', 'stage-0', 'stage-1', 'stage-2', 'stage-3', 'stage-4', 'stage-5'];
const WORDS = {D: 'done', R: 'running', F: 'failed', L: 'lost with its worker', C: 'cancelled'};

/* ---- lanes ---- */

/* Tasks by worker in order of their start, the lane of each, its end, lanes a worker needs. `open_us`: the end of what still runs. */
export function arrange(t, open_us) {
    const n = t.task.length, end = new Float64Array(n), lane = new Int32Array(n), byWorker = t.workers.map(() => []);
    let span = 0;
    for (let i = 0; i < n; i++) {
        end[i] = t.state[i] === 'R' ? Math.max(open_us, t.start_us[i]) : t.start_us[i] + (t.run_us[i] || 0);
        span = Math.max(span, end[i]);
        if (byWorker[t.worker[i]])
            byWorker[t.worker[i]].push(i);
    }
    const lanes = byWorker.map((mine) => {
        mine.sort((a, b) => t.start_us[a] - t.start_us[b]);
        const free = []; /* when each lane is free again */
        for (const i of mine) {
            let k = free.findIndex((at) => at <= t.start_us[i]);
            if (k < 0)
                k = free.push(0) - 1;
            free[k] = end[i];
            lane[i] = k;
        }
        return Math.max(1, free.length);
    });
    return {end, lane, lanes, byWorker, span};
}

/* Steps of 1, 2 or 5 that give about one mark in 110 pixels. */
function step(span, width) {
    const rough = span / Math.max(1, width / 110), ten = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
    return [1, 2, 5, 10].map((m) => m * ten).find((s) => s >= rough);
}

export class Timeline {
    constructor(box, tools) {
        this.axis = h('canvas', {'aria-hidden': 'true'});
        this.canvas = h('canvas', {role: 'img', 'aria-label': 'Timeline of tasks by worker; the tables below say the same'});
        this.area = h('div', {class: 'area', tabindex: 0, role: 'group', 'aria-label': 'Timeline. Arrow keys move it, plus and minus zoom, 0 shows all.'}, this.canvas);
        this.tip = h('div', {class: 'tip', hidden: true});
        this.note = h('div', {class: 'note'});
        this.box = h('div', {class: 'timeline'}, this.axis, this.area, this.tip, this.note);
        put(box, this.box);
        this.view = null; /* [from, to] in µs, null: all */
        this.addTools(tools);
        this.addPointer();
        new ResizeObserver(() => this.draw()).observe(this.box);
        addEventListener('quern-theme', () => {
            this.colour = null;
            this.draw();
        });
    }

    show(t, a) {
        this.t = t;
        this.a = a;
        this.canvas.setAttribute('aria-label', `Timeline: ${t.task.length} task attempts on ${t.workers.length} workers over ${f.duration(a.span)}; the tables below say the same`);
        this.draw();
    }

    range() {
        return this.view || [0, Math.max(1, this.a.span * 1.01)];
    }

    /* ---- zoom ---- */

    zoom(factor, at) {
        const [from, to] = this.range(), centre = at === undefined ? (from + to) / 2 : at;
        this.look(centre - (centre - from) * factor, centre + (to - centre) * factor);
    }

    move(share) {
        const [from, to] = this.range(), by = (to - from) * share;
        this.look(from + by, to + by);
    }

    look(from, to) {
        const most = this.a.span * 1.01, width = Math.min(most, Math.max(100, to - from));
        from = Math.max(0, Math.min(from, most - width));
        this.view = width >= most ? null : [from, from + width];
        this.draw();
    }

    addTools(tools) {
        const all = () => {
            this.view = null;
            this.draw();
        };
        const acts = [['−', 'Zoom out', () => this.zoom(2)], ['+', 'Zoom in', () => this.zoom(.5)], ['‹', 'Earlier', () => this.move(-.4)], ['›', 'Later', () => this.move(.4)], ['All', 'Show the whole job', all]];
        put(tools, h('div', {class: 'segments'}, acts.map(([sign, label, act]) => h('button', {type: 'button', 'aria-label': label, title: label, on: {click: act}}, sign))));
        const keys = {'+': acts[1][2], '=': acts[1][2], '-': acts[0][2], ArrowLeft: acts[2][2], ArrowRight: acts[3][2], 0: all, Escape: all};
        this.area.addEventListener('keydown', (event) => {
            if (keys[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
                event.preventDefault();
                keys[event.key]();
            }
        });
    }

    addPointer() {
        const c = this.canvas;
        c.addEventListener('pointerdown', (event) => {
            if (event.pointerType === 'mouse' && event.button === 0 && event.offsetX >= this.left)
                this.drag = {from: event.offsetX, to: event.offsetX};
        });
        c.addEventListener('pointermove', (event) => {
            if (this.drag) {
                this.drag.to = Math.max(this.left, event.offsetX);
                this.draw();
            }
            this.hover(event);
        });
        c.addEventListener('pointerleave', () => {
            this.tip.hidden = true;
        });
        addEventListener('pointerup', () => {
            const d = this.drag;
            this.drag = null;
            if (d && Math.abs(d.to - d.from) > 5)
                this.look(this.time(Math.min(d.from, d.to)), this.time(Math.max(d.from, d.to)));
            else if (d)
                this.draw();
        });
        c.addEventListener('dblclick', (event) => this.zoom(.4, this.time(event.offsetX)));
        this.area.addEventListener('wheel', (event) => {
            if (!event.ctrlKey && !event.metaKey)
                return;
            event.preventDefault();
            this.zoom(event.deltaY > 0 ? 1.25 : .8, this.time(event.offsetX));
        }, {passive: false});
    }

    time(x) {
        const [from, to] = this.range();
        return from + (to - from) * (x - this.left) / (this.width - this.left);
    }

    x(us) {
        const [from, to] = this.range();
        return this.left + (us - from) * (this.width - this.left) / (to - from);
    }

    /* ---- drawing ---- */

    /* Heights: lanes as tall as there is room for, one low band a worker when there are very many. */
    measure() {
        const {lanes} = this.a, workers = lanes.length, total = lanes.reduce((s, n) => s + n, 0);
        this.width = this.box.clientWidth;
        this.left = this.width > 640 ? 150 : 0;
        this.labels = this.left ? 0 : 16;
        this.lane = Math.max(4, Math.min(14, Math.floor((380 - workers * GAP) / total)));
        this.compact = total * this.lane + workers * (GAP + this.labels) > MOST_HEIGHT;
        const low = Math.max(2, Math.min(12, Math.floor(MOST_HEIGHT / workers) - 2));
        let y = GAP / 2;
        this.bands = lanes.map((n) => {
            const height = this.compact ? low : Math.max(n * this.lane, this.left ? 14 : 0), band = {y: y + (this.compact ? 0 : this.labels), height, lanes: n};
            y = band.y + height + (this.compact ? 2 : GAP);
            return band;
        });
        this.height = y;
    }

    size(canvas, height) {
        const ratio = Math.min(2, devicePixelRatio || 1), w = Math.round(this.width * ratio), hh = Math.round(height * ratio);
        if (canvas.width !== w || canvas.height !== hh) {
            canvas.width = w;
            canvas.height = hh;
            canvas.style.height = height + 'px';
        }
        const g = canvas.getContext('2d');
        g.setTransform(ratio, 0, 0, ratio, 0, 0);
        g.clearRect(0, 0, this.width, height);
        g.font = '11.5px ' + getComputedStyle(document.body).fontFamily;
        return g;
    }

    draw() {
        if (!this.a || !this.box.clientWidth)
            return;
        this.colour = this.colour || colours(NAMES);
        this.measure();
        const g = this.size(this.canvas, this.height), marks = this.marks();
        g.fillStyle = this.colour.line;
        for (const at of marks)
            g.fillRect(Math.round(this.x(at)), 0, 1, this.height);
        let dense = 0;
        this.bands.forEach((band, w) => {
            this.label(g, band, w);
            dense += this.band(g, band, w);
        });
        if (this.drag)
            this.selection(g);
        this.drawAxis(marks);
        put(this.note, dense ? 'Dense: bands show how busy each worker was. ' : '', this.view ? f.duration(this.view[1] - this.view[0]) + ' of ' + f.duration(this.a.span) + ' shown. ' : '',
            this.left ? 'Drag over a span to look closer, double-click to zoom.' : 'Use + and − to look closer.');
    }

    marks() {
        const [from, to] = this.range(), by = step(to - from, this.width - this.left), marks = [];
        for (let at = Math.ceil(from / by) * by; at <= to; at += by)
            marks.push(at);
        return marks;
    }

    drawAxis(marks) {
        const g = this.size(this.axis, AXIS);
        g.fillStyle = this.colour['ink-2'];
        for (const at of marks) {
            const x = Math.round(this.x(at)), words = at ? f.duration(at) : '0';
            g.textAlign = x + g.measureText(words).width / 2 > this.width - 4 ? 'right' : x < 14 ? 'left' : 'center';
            g.fillText(words, g.textAlign === 'right' ? this.width - 4 : g.textAlign === 'left' ? 4 : x, 16);
        }
        g.fillStyle = this.colour['line-2'];
        g.fillRect(0, AXIS - 1, this.width, 1);
    }

    label(g, band, w) {
        if (this.compact && band.height < 10)
            return;
        g.fillStyle = this.colour['ink-2'];
        g.textAlign = 'left';
        let words = String(this.t.workers[w]);
        const room = (this.left || this.width) - 18;
        while (words.length > 4 && g.measureText(words).width > room)
            words = '…' + words.slice(2);
        g.fillText(words, 10, this.left ? band.y + Math.min(11, band.height - 1) : band.y - 4);
    }

    /* Draws a worker's band; 1 if it had to be aggregated. */
    band(g, band, w) {
        const [from, to] = this.range(), {t, a} = this;
        const seen = a.byWorker[w].filter((i) => a.end[i] >= from && t.start_us[i] <= to);
        g.fillStyle = this.colour.sunken;
        g.fillRect(this.left, band.y, this.width - this.left, band.height);
        if (this.compact || seen.length * SEEN > (this.width - this.left) * band.lanes) {
            this.busy(g, band, seen);
            return 1;
        }
        for (const i of seen)
            this.task(g, band, i);
        return 0;
    }

    task(g, band, i) {
        const {t, a} = this, x1 = Math.max(this.left, this.x(t.start_us[i])), x2 = Math.min(this.width, this.x(a.end[i]));
        const y = band.y + a.lane[i] * this.lane, width = Math.max(1, x2 - x1 - (x2 - x1 > 4 ? 1 : 0)), height = this.lane - 1, state = t.state[i];
        g.fillStyle = state === 'F' || state === 'L' ? this.colour.bad : this.colour['stage-' + t.stage[i] % 6];
        g.globalAlpha = state === 'R' ? .35 : 1;
        g.fillRect(x1, y, width, height);
        g.globalAlpha = 1;
        if (state === 'R') {
            g.strokeStyle = this.colour['stage-' + t.stage[i] % 6];
            g.strokeRect(x1 + .5, y + .5, Math.max(1, width - 1), height - 1);
        }
    }

    /* How busy, by stage, in columns of two pixels; failed tasks as marks on top. */
    busy(g, band, seen) {
        const columns = Math.ceil((this.width - this.left) / 2), share = new Float32Array(columns * 6), {t, a} = this;
        for (const i of seen) {
            const c1 = (this.x(t.start_us[i]) - this.left) / 2, c2 = (this.x(a.end[i]) - this.left) / 2;
            for (let c = Math.max(0, Math.floor(c1)); c < Math.min(columns, c2); c++)
                share[c * 6 + t.stage[i] % 6] += Math.min(c2, c + 1) - Math.max(c1, c);
        }
        for (let c = 0; c < columns; c++) {
            let y = band.y + band.height;
            for (let s = 0; s < 6; s++) {
                const high = Math.min(y - band.y, band.height * share[c * 6 + s] / band.lanes);
                if (high <= 0)
                    continue;
                g.fillStyle = this.colour['stage-' + s];
                g.fillRect(this.left + c * 2, y - high, 2, high);
                y -= high;
            }
        }
        g.fillStyle = this.colour.bad;
        for (const i of seen)
            if (t.state[i] === 'F' || t.state[i] === 'L')
                g.fillRect(this.x(a.end[i]) - 1, band.y, 2, band.height);
    }

    selection(g) {
        g.globalAlpha = .18;
        g.fillStyle = this.colour.ink;
        g.fillRect(Math.min(this.drag.from, this.drag.to), 0, Math.abs(this.drag.to - this.drag.from), this.height);
        g.globalAlpha = 1;
    }

    /* ---- what is under the pointer ---- */

    under(x, y) {
        const w = this.bands.findIndex((b) => y >= b.y && y < b.y + b.height);
        if (w < 0 || x < this.left)
            return null;
        const {t, a} = this, at = this.time(x), slack = this.time(x + 1.5) - at, lane = Math.floor((y - this.bands[w].y) / this.lane);
        const hit = a.byWorker[w].filter((i) => t.start_us[i] - slack <= at && a.end[i] + slack >= at);
        return {w, i: hit.find((i) => a.lane[i] === lane), n: hit.length};
    }

    hover(event) {
        const found = !this.drag && this.a ? this.under(event.offsetX, event.offsetY) : null;
        this.tip.hidden = !found || !found.n;
        if (this.tip.hidden)
            return;
        const {t, a} = this, i = found.i;
        put(this.tip, i === undefined ? f.plural(found.n, 'task') + ' on ' + t.workers[found.w]
            : [h('b', null, `Task ${t.stage[i]}.${t.task[i]}`), t.attempt[i] ? ', attempt ' + (t.attempt[i] + 1) : '', ': ' + (WORDS[t.state[i]] || t.state[i]), h('br'), `${f.duration(a.end[i] - t.start_us[i])}, started after ${f.duration(t.start_us[i])}`,
               t.rows && t.rows[i] ? [h('br'), f.count(t.rows[i]) + ' records', t.bytes && t.bytes[i] ? ', ' + f.bytes(t.bytes[i]) : ''] : null]);
        const y = event.offsetY - this.area.scrollTop + AXIS, room = this.box.clientWidth - this.tip.offsetWidth - 8;
        this.tip.style.left = Math.max(4, Math.min(event.offsetX + 14, room)) + 'px';
        this.tip.style.top = (y + 18) + 'px';
    }
}
