'use strict';
// The page itself: what was typed and chosen becomes results, an answer, a map and a table.

const RESULTS = 8; // at first, and with every "toon meer"
const TABLE_ROWS = 25;
const PRINTED_ROWS = 500;
const PAUSE = 300; // milliseconds without typing before the table, the map and the screen reader follow

let found = ROWS;
let inTable = [];
let resultsShown = RESULTS;
let rowsShown = TABLE_ROWS;
let pause = null;

function start() {
  for (const part of document.querySelectorAll('.needs-script')) part.hidden = false;
  for (const name of ['sector', 'province', 'board', 'las']) fillFilter(name);
  byId('zoek').addEventListener('input', () => onInput(PAUSE));
  byId('search').addEventListener('submit', onSubmit);
  byId('filters').addEventListener('change', () => onInput(0));
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('clear').addEventListener('click', clearAll);
  byId('more-rows').addEventListener('click', moreRows);
  byId('more-rows').textContent = say('more');
  window.addEventListener('hashchange', () => { if (fragment() || !location.hash) openFragment(); });
  window.addEventListener('beforeprint', () => growTable(PRINTED_ROWS));
  update(0);
  openFragment();
}

function fillFilter(name) {
  const options = OVERVIEW.columns[name].values.map((value) => element('option', { value }, value));
  byId(`filter-${name}`).append(...options);
}

function chosen() {
  return Object.fromEntries(new FormData(byId('filters')));
}

/** The fragment's code, or an empty text: other fragments are places on the page. */
function fragment() {
  let text = '';
  try { text = decodeURIComponent(location.hash.slice(1)); } catch { return ''; }
  return codeIn(text) || '';
}

function onInput(wait) {
  if (fragment()) history.replaceState(null, '', location.pathname + location.search);
  resultsShown = RESULTS;
  update(wait);
}

function onSubmit(event) {
  event.preventDefault();
  const heading = byId('answer-heading');
  if (heading) heading.focus();
}

/** Find again and show: the answer at once, what is beneath it when the typing pauses. */
function update(wait) {
  found = find(byId('zoek').value, chosen());
  showAnswer();
  clearTimeout(pause);
  pause = setTimeout(follow, wait);
}

function follow() {
  showTable();
  speak();
  pause = window.showAllOnMap ? setTimeout(followOnMap) : null; // map.js is read last, and begins by itself
}

function followOnMap() {
  pause = null;
  if (window.L) showAllOnMap(found);
}

/** Do now what waits for a pause in the typing. */
function settle() {
  if (!pause) return;
  clearTimeout(pause);
  showTable();
  followOnMap();
}

/** Tell the live region what is shown now; an opened answer speaks for itself, as the focus is on it. */
function speak() {
  const heading = byId('answer-heading');
  const subject = document.querySelector('#answer .subject strong');
  const words = heading ? [heading, subject] : [byId('row-count')];
  if (!fragment()) byId('status').textContent = words.filter(Boolean).map((part) => part.textContent).join(': ');
}

/** Open the answer that the address names and go there; without one, show what was found. */
function openFragment() {
  showAnswer();
  if (!fragment()) return;
  byId('answer-heading').focus({ preventScroll: true });
  byId('answer').scrollIntoView({ block: 'start' });
}

function showAnswer() {
  const code = fragment();
  const text = byId('zoek').value.trim();
  document.body.classList.toggle('has-answer', Boolean(code));
  const shown = code ? answerTo(code, closeLink(text)) : text ? resultsFor(text) : [];
  byId('answer').replaceChildren(...[shown].flat());
}

function answerTo(code, close) {
  const row = BY_CODE.get(code);
  const branches = code.length === 4 ? branchesOf(code) : [];
  if (row) return branchAnswer(row, close);
  if (branches.length === 1) return branchAnswer(branches[0], close);
  return branches.length ? schoolAnswer(code, branches, close) : unknownAnswer(code, close);
}

function closeLink(text) {
  const button = element('button', { type: 'button', class: 'plain' }, say(text ? 'back' : 'close'));
  button.addEventListener('click', () => {
    history.pushState(null, '', location.pathname + location.search);
    showAnswer();
    (text ? byId('answer-heading') : byId('zoek')).focus();
  });
  return button;
}

/** One branch is its answer; several are a list. */
function resultsFor(text) {
  if (found.length === 1) return branchAnswer(found[0], '');
  const code = codeIn(text);
  const whole = code && code.length === 4 && found.length > 1 && found.every((row) => row.brin === code);
  if (whole && found.length === branchesOf(code).length) return schoolAnswer(code, branchesOf(code), '');
  if (code && !found.length && !filterWords().length) return unknownAnswer(code, '');
  const heading = element('h2', { id: 'answer-heading', tabindex: '-1' },
    found.length ? sayCount('found', found.length) : say('none'));
  const card = element('div', { class: 'card' }, heading, ...filterNote());
  if (!found.length) card.append(element('p', {}, say(filterWords().length ? 'none_filtered' : 'none_text')));
  else card.append(resultList(found.slice(0, resultsShown)));
  if (found.length > resultsShown) card.append(moreResults());
  return card;
}

function moreResults() {
  const button = element('button', { type: 'button' }, say('more'));
  button.addEventListener('click', () => {
    const first = resultsShown;
    resultsShown += RESULTS;
    showAnswer();
    document.querySelectorAll('#answer .results a')[first].focus();
  });
  return button;
}

function filterWords() {
  return [...byId('filters').elements].filter((field) => field.value && (field.type !== 'radio' || field.checked) && field.name)
    .map((field) => (field.type === 'radio' ? field.nextElementSibling.textContent.toLowerCase() : field.value));
}

function filterNote() {
  const words = filterWords();
  if (!words.length) return [];
  const button = element('button', { type: 'button', class: 'plain' }, say('clear_filters'));
  button.addEventListener('click', () => {
    byId('filters').reset();
    onInput(0);
    byId('answer-heading').focus();
  });
  return [element('p', { class: 'hint' }, say('filtered', { filters: words.join(', ') }), ' ', button)];
}

function showTable() {
  inTable = found;
  rowsShown = TABLE_ROWS;
  byId('row-count').textContent = found.length === 1 ? say('one_row') : say('all_rows', { count: number(found.length) });
  byId('clear').hidden = !byId('zoek').value && !filterWords().length;
  byId('rows').replaceChildren(...inTable.slice(0, rowsShown).map(tableRow));
  endOfTable();
}

function moreRows() {
  const first = rowsShown;
  growTable(rowsShown + 2 * TABLE_ROWS);
  byId('rows').children[first].querySelector('a').focus();
}

function growTable(rows) {
  byId('rows').append(...inTable.slice(rowsShown, rows).map(tableRow));
  rowsShown = Math.max(rowsShown, rows);
  endOfTable();
}

function endOfTable() {
  const shown = Math.min(rowsShown, inTable.length);
  const words = { shown: number(shown), count: number(inTable.length) };
  byId('table-caption').textContent = inTable.length ? say('shown', words) : say('nothing');
  byId('more-rows').hidden = shown >= inTable.length;
}

function clearAll() {
  byId('zoek').value = '';
  byId('filters').reset();
  onInput(0);
  byId('zoek').focus();
}

start();
