'use strict';
// Finding branches by words and filters, best first. A word fits where a word of the branch begins with it, or else
// inside one; all words must fit.

/** What people say beside what the registry writes. */
const ALSO_KNOWN_AS = { 's gravenhage': 'den haag', 's hertogenbosch': 'den bosch' };

/** Small letters without accents, and nothing but letters, digits and single spaces. */
function fold(text) {
  const small = text.toLowerCase();
  if (/^[ -~]*$/.test(small)) return small.replace(/[^a-z0-9]+/g, ' ').trim(); // most names, in half the time
  return small.normalize('NFD').replace(/\p{M}/gu, '').replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

const INDEX = makeIndex();

function makeIndex() {
  const folded = new Map();
  const once = (text) => {
    if (!folded.has(text)) folded.set(text, fold(text));
    return folded.get(text);
  };
  return ROWS.map((row) => {
    const [name, place, postcode] = [fold(row.name), once(row.place), once(row.postcode)];
    const words = [row.code.toLowerCase(), name, place, ALSO_KNOWN_AS[place] || '', postcode, postcode.replace(' ', ''), once(row.board)];
    return { name, place, text: ` ${words.join(' ')} ` };
  });
}

/** The branch code or BRIN that is meant, however it is joined ("00ah-0", "00AH 00", "00AH"), or null. */
function codeIn(text) {
  const parts = /^\s*([0-9]{2}[a-z]{2})(?:[\s|.-]*([0-9]{1,2}))?\s*$/i.exec(text);
  return parts && parts[1].toUpperCase() + (parts[2] ? parts[2].padStart(2, '0') : '');
}

function fitsFilters(row, filters) {
  return (!filters.sector || row.sector === filters.sector)
    && (!filters.province || row.province === filters.province)
    && (!filters.board || row.board === filters.board)
    && (!filters.las || row.las === filters.las)
    && (!filters.connected || String(row.connected) === filters.connected);
}

/** The branches that fit the words and the filters, best first; all that fit the filters when there are no words. */
function find(text, filters) {
  const query = fold(text);
  if (!query) return ROWS.filter((row) => fitsFilters(row, filters));
  const code = codeIn(text);
  const words = query.split(' ');
  const ranked = [];
  for (const row of ROWS) {
    if (!fitsFilters(row, filters)) continue;
    const rank = code && row.code.startsWith(code) ? 0 : rankOf(INDEX[row.at], query, words);
    if (rank !== null) (ranked[rank] ||= []).push(row);
  }
  return ranked.flat();
}

/** How well a branch fits: 0 is best, null is not at all. */
function rankOf({ name, place, text }, query, words) {
  let inside = false;
  for (const word of words) {
    if (text.includes(` ${word}`)) continue;
    if (word.length < 3 || !text.includes(word)) return null;
    inside = true;
  }
  if (name === query) return 1;
  if (name.startsWith(query)) return 2;
  if (` ${name}`.includes(` ${query}`)) return 3;
  if (place === query) return 4;
  if (place.startsWith(query)) return 5;
  if (text.includes(` ${query}`)) return 6;
  return inside ? 8 : 7;
}
