'use strict';
// Words, numbers, days and elements. Text of people's data only ever becomes text, never HTML.

/** The text of this name, its {places} filled in. */
function say(name, values = {}) {
  const text = OVERVIEW.texts[name];
  if (text === undefined) throw new Error(`No text "${name}" in texts.json.`);
  return text.replace(/\{(\w+)\}/g, (place, key) => values[key]);
}

/** One or many: the text `name_one` or `name_many`. */
function sayCount(name, count) {
  return say(count === 1 ? `${name}_one` : `${name}_many`, { count: number(count) });
}

const inDutch = new Intl.NumberFormat('nl-NL');
const dayInDutch = new Intl.DateTimeFormat('nl-NL', { dateStyle: 'long', timeZone: 'UTC' });

function number(value) {
  return inDutch.format(value);
}

/** Days since 1970 as "1 augustus 2024". */
function dutchDay(days) {
  return dayInDutch.format(new Date(days * 86400000));
}

/** An element with attributes and children; a text among the children becomes text. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function byId(id) {
  return document.getElementById(id);
}
