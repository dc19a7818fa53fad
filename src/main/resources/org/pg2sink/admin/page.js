// The page of pg2sink: asks its own server every two seconds, and shows what it says. No value goes into the page as HTML.
'use strict';

const TOKEN = 'pg2sink.token';
const POLL_MILLIS = 2000;
const MAX_SAMPLES = 150;
const HEALTHY = ['CONNECTING', 'STREAMING', 'CATCHING_UP', 'STANDBY'];
const samples = [];
let timer = null;

const $ = id => document.getElementById(id);
const number = value => Number(value).toLocaleString('en');
const bytes = value => {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
  return (unit && value < 100 ? value.toFixed(1) : number(Math.round(value))) + ' ' + units[unit];
};
const seconds = value => value < 120 ? value + ' s' : value < 7200 ? Math.round(value / 60) + ' min' : Math.round(value / 3600) + ' h';
const time = text => text ? new Date(text).toLocaleString() : '';
const tableName = it => it.namespace + '.' + it.table;
const tablePath = it => encodeURIComponent(it.namespace) + '/' + encodeURIComponent(it.table);

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function say(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
  $(id).hidden = !text;
}

async function ask(path, method = 'GET') {
  let answer;
  try {
    answer = await fetch('/pg2sink' + path, {
      method, cache: 'no-store', headers: { Authorization: 'Bearer ' + sessionStorage.getItem(TOKEN) } });
  } catch (e) {
    throw new Error('pg2sink does not answer: ' + e.message);
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401) signOut();
  if (!answer.ok) throw new Error(body.error || 'pg2sink answers with status ' + answer.status);
  return body;
}

async function tell(path, done) {
  try {
    await ask(path, 'POST');
    say('error', '');
    say('notice', done);
    await refresh();
  } catch (e) {
    say('notice', '');
    say('error', e.message);
  }
}

/** Keeps the items that are there, so that the focus stays where it is. */
function list(parent, items, key, fill, empty) {
  const old = new Map([...parent.children].map(item => [item.dataset.key, item]));
  const wanted = items.map(it => {
    const item = old.get(key(it)) || element('li');
    item.dataset.key = key(it);
    const shown = JSON.stringify(it);
    if (item.dataset.shown !== shown) {
      const focused = item.contains(document.activeElement) ? document.activeElement.dataset.does : null;
      item.dataset.shown = shown;
      item.replaceChildren(...fill(it));
      if (focused) (item.querySelector(`[data-does="${focused}"]`) || item.querySelector('button'))?.focus();
    }
    return item;
  });
  if (!wanted.length) wanted.push(element('li', empty, 'faint'));
  if (wanted.length !== parent.children.length || wanted.some((item, i) => parent.children[i] !== item)) {
    parent.replaceChildren(...wanted);
  }
}

function button(label, it, does, path, done) {
  const made = element('button', label);
  made.type = 'button';
  made.dataset.does = does;
  made.setAttribute('aria-label', label + ' ' + tableName(it));
  made.addEventListener('click', () => tell(path + tablePath(it) + '/' + does, done + ' ' + tableName(it)));
  return made;
}

function row(name, ...rest) {
  const made = element('div', undefined, 'row');
  made.append(element('span', name, 'name'), ...rest);
  return made;
}

function showTable(it) {
  const buttons = it.published
    ? [button('Resync', it, 'resync', '/tables/', 'Importing again:'), button('Remove', it, 'remove', '/tables/', 'Removed')]
    : [button('Add', it, 'add', '/tables/', 'Added')];
  const state = it.published
    ? 'published' + (it.lastChange ? ', last change ' + time(it.lastChange) : '')
    : 'not published: ' + it.reason;
  return [row(tableName(it), ...buttons), element('div', state, 'faint')];
}

function showImport(it) {
  const progress = element('progress');
  progress.max = 100;
  progress.setAttribute('aria-label', 'Progress of the import of ' + tableName(it));
  if (it.percent !== undefined) progress.value = it.percent;
  const buttons = [];
  if (it.state === 'active') buttons.push(button('Pause', it, 'pause', '/imports/', 'Paused the import of'));
  if (it.state === 'paused') buttons.push(button('Resume', it, 'resume', '/imports/', 'Resumed the import of'));
  if (it.state === 'failed' || it.error) buttons.push(button('Retry', it, 'retry', '/imports/', 'Trying the import again:'));
  const text = [it.state, it.percent === undefined ? null : it.percent + ' %', number(it.rows) + ' rows', bytes(it.bytes),
    it.rowsPerSecond === undefined ? null : number(it.rowsPerSecond) + ' rows/s',
    it.secondsLeft === undefined ? null : seconds(it.secondsLeft) + ' left'].filter(part => part).join(', ');
  return [row(tableName(it), ...buttons), progress, element('div', text, 'faint')];
}

function showFinding(it) {
  const made = [element('div', it.severity + ': ' + it.check + ', ' + it.subject, 'name'), element('div', it.sentence)];
  if (it.sql) made.push(element('code', it.sql));
  return made;
}

function showStatus(status) {
  $('subscription').textContent = status.subscription;
  const state = status.state + (status.paused ? ', paused' : '');
  if ($('state').textContent !== state) $('state').textContent = state;
  $('state').classList.toggle('fine', HEALTHY.includes(status.state) && !status.paused);
  say('problem', status.problem || status.awaited || '');
  $('pause').textContent = status.paused ? 'Resume' : 'Pause';
  $('pause').dataset.does = status.paused ? 'resume' : 'pause';
  const shown = [
    ['Lag', status.lagBytes === undefined ? '' : bytes(status.lagBytes)
      + (status.lagSeconds === undefined ? '' : ', ' + seconds(status.lagSeconds))],
    ['Confirmed', status.confirmedLsn], ['Delivered', status.deliveredLsn], ['Received', status.receivedLsn],
    ['WAL kept by the slot', status.retainedBytes === undefined ? undefined : bytes(status.retainedBytes)],
    ['Until the slot is lost', status.bytesUntilLost === undefined ? undefined : bytes(status.bytesUntilLost)],
    ['In flight', status.unfinished], ['Failures', status.failures], ['Reconnects', status.reconnects],
    ['Catch-ups', status.catchUps], ['In this state since', time(status.since)]];
  $('figures').replaceChildren(...shown.filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => {
    const made = element('div');
    made.append(element('dt', name), element('dd', value));
    return made;
  }));
  samples.push(status.lagBytes || 0);
  if (samples.length > MAX_SAMPLES) samples.shift();
  const max = Math.max(1000, ...samples);
  const points = samples.map((lag, i) =>
    (300 - (samples.length - 1 - i) * 300 / (MAX_SAMPLES - 1)).toFixed(1) + ',' + (58 - lag / max * 54).toFixed(1));
  $('chart-line').setAttribute('points', points.join(' '));
  $('chart-area').setAttribute('points', [points[0].split(',')[0] + ',60', ...points, '300,60'].join(' '));
  $('chart-max').textContent = bytes(Math.max(...samples));
}

/** Shows what is answered; what is not stays as it was, and is said at the end. */
async function refresh() {
  const errors = [];
  const parts = await Promise.allSettled([
    ask('/status').then(status => {
      showStatus(status);
      if (status.problem) errors.unshift({ from: 'Stream', text: status.problem, at: status.since });
    }),
    ask('/tables').then(tables => list($('tables'), tables, tableName, showTable, 'No table is subscribed to.')),
    ask('/imports').then(imports => {
      list($('imports'), imports, it => String(it.id), showImport, 'Nothing has been imported.');
      imports.filter(it => it.error).forEach(it =>
        errors.push({ from: 'Import of ' + tableName(it), text: it.error, at: it.lastErrorAt }));
    })]);
  list($('errors'), errors, it => it.from, it => [element('div', it.from + ', ' + time(it.at), 'name'), element('div', it.text)],
    'None.');
  const failed = parts.find(part => part.status === 'rejected');
  if (failed) throw failed.reason;
}

async function check() {
  $('check').disabled = true;
  try {
    list($('findings'), await ask('/check'), it => JSON.stringify(it), showFinding, 'Nothing is amiss.');
  } catch (e) {
    say('error', e.message);
  }
  $('check').disabled = false;
}

/** An error of the polling goes away by itself; one of a command stays until the next command. */
async function poll() {
  try {
    await refresh();
    if ($('error').dataset.polled) { delete $('error').dataset.polled; say('error', ''); }
  } catch (e) {
    if (sessionStorage.getItem(TOKEN)) $('error').dataset.polled = 'yes';
    say('error', e.message);
  }
  if (sessionStorage.getItem(TOKEN)) timer = setTimeout(poll, POLL_MILLIS);
}

function show(signedIn) {
  $('sign-in').hidden = signedIn;
  $('content').hidden = !signedIn;
  $('sign-out').hidden = !signedIn;
}

function signOut() {
  sessionStorage.removeItem(TOKEN);
  clearTimeout(timer);
  show(false);
  $('token').focus();
}

async function signIn() {
  try {
    await ask('/status');
  } catch (e) {
    say('error', e.message);
    return;
  }
  say('error', '');
  show(true);
  await poll();
  await check();
}

$('token-form').addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, $('token').value.trim());
  $('token').value = '';
  signIn();
});
$('sign-out').addEventListener('click', () => { say('error', ''); say('notice', ''); signOut(); });
$('pause').addEventListener('click', () => tell('/stream/' + $('pause').dataset.does,
  $('pause').dataset.does === 'pause' ? 'The stream is paused: the server keeps all WAL meanwhile.' : 'The stream goes on.'));
$('check').addEventListener('click', check);
$('add-form').addEventListener('submit', event => {
  event.preventDefault();
  const parts = $('add-table').value.trim().match(/^(?:("(?:[^"]|"")+"|[^".]+)\.)?("(?:[^"]|"")+"|[^".]+)$/);
  if (!parts) {
    say('error', 'Write schema.table, and a name with a dot in quotes, as SQL does.');
    return;
  }
  const plain = part => part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
  const it = { namespace: plain(parts[1] || 'public'), table: plain(parts[2]) };
  tell('/tables/' + tablePath(it) + '/add', 'Added ' + tableName(it)).then(() => { if (!$('error').textContent) $('add-table').value = ''; });
});
if (sessionStorage.getItem(TOKEN)) signIn(); else show(false);
