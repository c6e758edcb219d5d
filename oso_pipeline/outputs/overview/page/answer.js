'use strict';
// The answer about one branch or one school, in words, with what to do next where it is not connected.

const READY = [[1, 'ready_ot'], [2, 'ready_ldos'], [4, 'ready_swv']];

/** The answer about a branch; `close` is the link that leads back. */
function branchAnswer(row, close) {
  const heading = element('h2', { id: 'answer-heading', tabindex: '-1' }, answerInWords(row));
  const about = element('p', { class: 'subject' },
    element('strong', {}, row.name), element('br'), [row.address, row.postcode, row.place].filter(Boolean).join(', '));
  const card = answerCard(row.connected ? 'yes' : 'not', heading, about);
  if (row.connected) card.append(element('p', {}, say('can', { name: row.name })));
  else card.append(...nextSteps(row.brin));
  card.append(facts(row), element('p', { class: 'links' }, ...links(row.code, row), close));
  return card;
}

/** The answer about a school of several branches: each with its own. */
function schoolAnswer(brin, branches, close) {
  const connected = branches.filter((row) => row.connected).length;
  const words = { connected: number(connected), branches: number(branches.length) };
  const kind = connected === branches.length ? 'school_all' : connected === 1 ? 'school_one' : 'school_some';
  const heading = element('h2', { id: 'answer-heading', tabindex: '-1' }, connected ? say(kind, words) : say('not_connected'));
  const about = element('p', { class: 'subject' },
    element('strong', {}, say('school_title', { brin, name: branches[0].name })), element('br'), say('school_lead', words));
  const card = answerCard(connected === branches.length ? 'yes' : connected ? 'some' : 'not', heading, about);
  card.append(resultList(branches));
  if (connected < branches.length) card.append(...nextSteps(brin));
  card.append(element('p', { class: 'links' }, ...links(brin), close));
  return card;
}

/** The answer about a code that no open branch has. */
function unknownAnswer(code, close) {
  const heading = element('h2', { id: 'answer-heading', tabindex: '-1' }, say('unknown_code', { code }));
  const card = answerCard('none', heading, element('p', {}, say('unknown_code_text')));
  card.append(element('p', { class: 'links' }, close));
  return card;
}

function answerCard(kind, heading, about) {
  const sign = element('span', { class: `sign sign-${kind}`, 'aria-hidden': 'true' });
  const top = element('div', { class: 'answer-top' }, sign, element('div', {}, heading, about));
  return element('article', { class: `card answer answer-${kind}`, 'aria-labelledby': 'answer-heading' }, top);
}

/** What to do; a school with a connected branch has taken every step but the delivery points of the others. */
function nextSteps(brin) {
  const steps = branchesOf(brin).some((row) => row.connected) ? ['next_branch'] : ['next_school_text', 'next_steps'];
  return [
    element('h3', {}, say('next')),
    element('div', { class: 'next' },
      element('div', {}, element('h4', {}, say('next_school')), ...steps.map((step) => element('p', {}, say(step)))),
      element('div', {}, element('h4', {}, say('next_parent')), element('p', {}, say('next_parent_text')))),
  ];
}

function facts(row) {
  const known = [['code', row.code], ['board', row.board], ['sector', row.sector], ['province', row.province]];
  if (row.connected) known.push(['las', row.las]);
  const list = element('dl', {});
  for (const [name, value] of known) {
    list.append(element('div', {}, element('dt', {}, say(name)), element('dd', {}, value || say('unknown'))));
  }
  if (row.connected) list.append(element('div', { class: 'ready' }, element('dt', {}, say('ready')), ...readyFor(row)));
  return list;
}

function readyFor(row) {
  return READY.map(([bit, name]) => {
    const ready = Boolean(row.ready & bit);
    return element('dd', { class: ready ? 'is-yes' : 'is-no' }, say(ready ? 'ready_yes' : 'ready_no', { what: say(name) }));
  });
}

function links(code, row) {
  const made = [element('a', { href: `#${code}` }, say('link'))];
  if (row && row.point) {
    const show = element('button', { type: 'button', class: 'plain' }, say('on_map'));
    show.addEventListener('click', () => showOnMap(row));
    made.push(show);
  }
  return made;
}
