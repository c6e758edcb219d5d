'use strict';
// The branches as objects, made once of the columns in data.js. They stand in the order of place, name, code.

const ROWS = readRows(OVERVIEW.columns);
const BY_CODE = new Map(ROWS.map((row) => [row.code, row]));
const BY_BRIN = groupByBrin(ROWS);

function readRows(columns) {
  const value = (name, at) => columns[name].values[columns[name].rows[at]] || '';
  return columns.code.map((code, at) => ({
    at,
    code,
    brin: code.slice(0, 4),
    name: columns.name[at],
    address: columns.address[at],
    postcode: columns.postcode[at],
    place: value('place', at),
    board: value('board', at),
    sector: value('sector', at),
    province: value('province', at),
    las: value('las', at),
    connected: columns.connected[at],
    since: columns.since[at],
    ready: columns.ready[at],
    point: columns.lat[at] === null || columns.lon[at] === null ? null : [columns.lat[at] / 1e5, columns.lon[at] / 1e5],
  }));
}

function groupByBrin(rows) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row.brin)) groups.set(row.brin, []);
    groups.get(row.brin).push(row);
  }
  return groups;
}

/** The branches of a school, by their numbers. */
function branchesOf(brin) {
  return (BY_BRIN.get(brin) || []).slice().sort((one, other) => (one.code < other.code ? -1 : 1));
}

/** Whether it is connected, in words. */
function answerInWords(row) {
  if (!row.connected) return say('not_connected');
  return row.since === null ? say('yes') : say('yes_since', { day: dutchDay(row.since) });
}
