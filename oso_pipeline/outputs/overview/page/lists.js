'use strict';
// Branches one beneath the other: the results of a search, and the rows of the table.

function chip(row) {
  return element('span', { class: row.connected ? 'chip chip-yes' : 'chip chip-not' }, say(row.connected ? 'chip_yes' : 'chip_not'));
}

/** Results: each a link to its answer. */
function resultList(rows) {
  const list = element('ul', { class: 'results' });
  for (const row of rows) list.append(element('li', {}, resultLink(row)));
  return list;
}

function resultLink(row) {
  const where = [row.address, row.postcode, row.place].filter(Boolean).join(', ');
  return element('a', { href: `#${row.code}` },
    element('span', { class: 'result-text' },
      element('strong', {}, row.name),
      element('span', { class: 'hint' }, `${where} · ${row.code}`)),
    chip(row));
}

/** A row of the table. On a narrow screen the place stands beneath the name. */
function tableRow(row) {
  const name = element('th', { scope: 'row' },
    element('a', { href: `#${row.code}` }, row.name),
    element('span', { class: 'hint' }, element('span', { class: 'narrow' }, `${row.place} · `), row.code));
  const state = element('td', {}, chip(row));
  if (row.since !== null) state.append(element('span', { class: 'hint since' }, say('since', { day: dutchDay(row.since) })));
  return element('tr', {},
    name,
    element('td', { class: 'wide' }, row.place),
    element('td', { class: 'wider' }, row.board),
    element('td', { class: 'wide' }, row.sector),
    element('td', { class: 'wider' }, row.province),
    element('td', { class: 'wider' }, row.las),
    state);
}
