/* The table of ended jobs: pages, a filter by state, a search over as many pages as it takes. */
import {get, url} from './api.js';
import {$, h, put, text, keyed, state, command} from './dom.js';
import * as f from './format.js';

const PAGE = 20, SEARCH_PAGE = 200, SEARCH_MOST = 5000;
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED'];
let chosen = '';
let searched = '';
let marks = [null]; /* `before` of each page up to the one shown */
let next = null;
let turn = 0; /* of questions: a late answer to an old one is dropped */

function row(job) {
    const name = h('a', {class: 'name', href: url('job/' + job.id)}), sub = h('div', {class: 'sub'}), why = h('div', {class: 'why'});
    const is = h('td'), when = h('td', {class: 'wide nowrap'}), took = h('td', {class: 'num'});
    const tasks = h('td', {class: 'num wide'}), read = h('td', {class: 'num mid'}), written = h('td', {class: 'num mid'});
    const element = h('tr', {'data-job': job.id}, h('td', null, name, sub, why), is, when, took, tasks, read, written);
    return {element, update(j) {
        text(name, j.name || 'Job ' + j.id);
        text(sub, '#' + j.id + (j.user ? ' · ' + j.user : '') + (j.pipeline_id ? ' · pipeline ' + j.pipeline_id : '') + bad(j));
        text(why, j.error ? '[' + j.error.class + '] ' + String(j.error.message).slice(0, 200) : '');
        put(is, state(j.state));
        text(when, f.clock(j.submitted_us));
        when.title = f.full(j.submitted_us);
        text(took, j.finished_us ? f.duration(j.finished_us - j.submitted_us) : '–');
        text(tasks, f.count(j.tasks_total));
        text(read, f.short(j.rows_read));
        text(written, f.short(j.rows_written));
    }};
}

const bad = (j) => j.bad_records ? ' · ' + f.plural(j.bad_records, 'bad record') : '';

function matches(job, words) {
    const all = [job.id, job.app_id, job.name, job.user, job.pipeline_id, job.error && job.error.class, job.error && job.error.message];
    const line = all.filter((v) => v !== null && v !== undefined).join(' ').toLowerCase();
    return words.every((w) => line.includes(w));
}

function question(limit, before) {
    return 'jobs?limit=' + limit + (chosen ? '&state=' + chosen : '') + (before ? '&before=' + before : '');
}

/* Without a filter the list has running jobs too. */
const ended = (jobs) => jobs.filter((j) => chosen ? j.state === chosen : ENDED.includes(j.state));

async function page() {
    const mine = ++turn;
    const answer = await get(question(PAGE, marks[marks.length - 1]));
    if (mine !== turn)
        return;
    next = answer.next_before;
    draw(ended(answer.jobs), '');
    const first = marks.length === 1;
    $('pager').hidden = first && !next;
    $('newer').disabled = first;
    $('older').disabled = !next;
    text($('page-is'), 'Page ' + marks.length);
}

async function search() {
    const mine = ++turn;
    const words = searched.toLowerCase().split(/\s+/).filter(Boolean), found = [];
    let before = null, seen = 0;
    do {
        const answer = await get(question(SEARCH_PAGE, before));
        if (mine !== turn)
            return;
        const jobs = ended(answer.jobs);
        seen += jobs.length;
        found.push(...jobs.filter((j) => matches(j, words)));
        before = answer.next_before;
    } while (before && seen < SEARCH_MOST && found.length < 100);
    $('pager').hidden = true;
    draw(found, f.plural(found.length, 'match', 'matches') + (before ? ' among the latest ' + f.count(seen) : ' in ' + f.plural(seen, 'job')));
}

function draw(jobs, count) {
    keyed($('past'), jobs, (j) => j.id, row);
    $('past-box').hidden = !jobs.length;
    text($('past-count'), count);
    $('past-empty').hidden = !!jobs.length;
    if (!jobs.length)
        put($('past-empty'), searched || chosen ? h('p', null, 'No past job is like that.')
                                                : [h('p', null, 'No job has ended yet. A first one, with nothing to prepare:'), command("quern sql 'SELECT 1 + 1 AS two' --master " + $('where').textContent)]);
}

const reload = async () => searched ? search() : page();
const safely = () => reload().catch((e) => text($('past-count'), e.message));

function choose(name) {
    chosen = name;
    marks = [null];
    for (const b of $('past-states').children)
        b.setAttribute('aria-pressed', String(b.dataset.state === chosen));
    safely();
}

for (const [name, words] of [['', 'All'], ['COMPLETED', 'Completed'], ['FAILED', 'Failed'], ['CANCELLED', 'Cancelled']])
    $('past-states').append(h('button', {type: 'button', 'data-state': name, 'aria-pressed': String(name === ''), on: {click: () => choose(name)}}, words));
$('older').addEventListener('click', () => {
    if (next)
        marks.push(next);
    safely();
});
$('newer').addEventListener('click', () => {
    if (marks.length > 1)
        marks.pop();
    safely();
});
let pause = 0;
$('past-search').addEventListener('input', (event) => {
    searched = event.target.value.trim();
    clearTimeout(pause);
    pause = setTimeout(safely, 200);
});

export const past = {reload: safely};
