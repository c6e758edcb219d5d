'use strict';
// The map: the branches that were found, in clusters; on a plain background where tiles do not come.

const NETHERLANDS = [[50.75, 3.3], [53.55, 7.22]];
const CALM = matchMedia('(prefers-reduced-motion: reduce)').matches;
const SLICE = 150; // markers added at a time, so that typing never waits for the map
const CLOSE = 16;

let map = null;
let clusters = null;
let pins = null;
let turn = 0;
const markers = new Map();

function startMap() {
  pins = ['not', 'yes'].map((state) => L.divIcon({ className: `pin pin-${state}`, iconSize: [26, 26] }));
  map = L.map('map', {
    minZoom: 6, maxZoom: 18, zoomControl: false, scrollWheelZoom: false,
    zoomAnimation: !CALM, fadeAnimation: !CALM, markerZoomAnimation: !CALM,
  });
  map.fitBounds(NETHERLANDS);
  L.control.zoom({ position: 'bottomleft', zoomInTitle: say('zoom_in'), zoomOutTitle: say('zoom_out') }).addTo(map);
  map.attributionControl.setPrefix('<a href="https://leafletjs.com" lang="en">Leaflet</a>');
  map.on('focus click', () => map.scrollWheelZoom.enable());
  map.on('blur mouseout', () => map.scrollWheelZoom.disable());
  addBackground();
  clusters = L.markerClusterGroup({
    maxClusterRadius: 54, showCoverageOnHover: false, animate: !CALM, iconCreateFunction: clusterIcon, spiderLegPolylineOptions: { color: '#123b66', weight: 1.5 },
  });
  clusters.addTo(map);
  const whenEnter = (then) => (event) => { if (event.originalEvent.key === 'Enter') then(event.layer); };
  clusters.on('clusterkeypress', whenEnter((cluster) => cluster.zoomToBounds({ padding: [20, 20] })));
  clusters.on('click', (event) => openPopup(event.layer));
  clusters.on('keypress', whenEnter((marker) => openPopup(marker).querySelector('a').focus()));
}

function addBackground() {
  const { url, ...options } = OVERVIEW.tiles;
  const background = L.tileLayer(url, options);
  const missing = () => {
    byId('map-background').textContent = say('no_background');
    byId('map-background').hidden = false;
  };
  background.once('tileerror', missing);
  background.once('tileload', () => {
    background.off('tileerror', missing);
    byId('map-background').hidden = true;
  });
  background.addTo(map);
}

/** Put these branches on the map, a slice at a time, and look at them; a later call takes over. */
function showAllOnMap(rows) {
  const placed = rows.filter((row) => row.point);
  const missing = rows.length - placed.length;
  byId('map-note').textContent = missing ? sayCount('not_on_map', missing) : '';
  if (!map) startMap();
  map.closePopup();
  clusters.clearLayers();
  lookAt(placed, rows.length === ROWS.length);
  const mine = ++turn;
  const add = (from) => {
    if (mine !== turn || from >= placed.length) return;
    clusters.addLayers(placed.slice(from, from + SLICE).map(markerOf));
    setTimeout(add, 0, from + SLICE);
  };
  add(0);
}

function lookAt(placed, everything) {
  if (everything || !placed.length) map.fitBounds(NETHERLANDS, { animate: false });
  else map.fitBounds(L.latLngBounds(placed.map((row) => row.point)), { animate: false, maxZoom: 14, padding: [30, 30] });
}

/** Bring one branch into view, whatever was found before, and open its popup. */
function showOnMap(row) {
  settle();
  if (!map) return;
  if (!clusters.hasLayer(markerOf(row))) clusters.addLayer(markerOf(row));
  byId('map').scrollIntoView({ block: 'center', behavior: CALM ? 'auto' : 'smooth' });
  byId('map').focus({ preventScroll: true });
  map.setView(row.point, CLOSE, { animate: false });
  clusters.zoomToShowLayer(markerOf(row), () => openPopup(markerOf(row)));
}

function markerOf(row) {
  if (!markers.has(row)) {
    const marker = L.marker(row.point, { icon: pins[row.connected], title: `${row.name}: ${answerInWords(row)}` });
    marker.row = row;
    markers.set(row, marker);
  }
  return markers.get(row);
}

/** Open a popup; closed by Escape or its button, it gives the focus back to its marker. */
function openPopup(marker) {
  const { row } = marker;
  const content = element('div', {},
    element('strong', {}, row.name), element('br'), row.place, element('br'), answerInWords(row), element('br'),
    element('a', { href: `#${row.code}` }, say('popup_more')));
  const popup = L.popup({ autoPanPadding: [20, 20], maxWidth: Math.min(320, map.getSize().x - 90) }).setLatLng(marker.getLatLng()).setContent(content);
  popup.openOn(map);
  const close = () => {
    map.closePopup(popup);
    const pin = marker.getElement();
    (pin && pin.isConnected ? pin : byId('map')).focus();
  };
  const button = popup.getElement().querySelector('.leaflet-popup-close-button');
  button.setAttribute('aria-label', say('popup_close'));
  button.addEventListener('click', close);
  popup.getElement().addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  return content;
}

/** A ring whose green part is the part that is connected, around the number. */
function clusterIcon(cluster) {
  const [count, connected] = countConnected(cluster);
  const size = count < 10 ? 36 : count < 100 ? 42 : count < 1000 ? 48 : 62;
  const words = say('cluster', { count: number(count), connected: number(connected) });
  const ring = element('div', { class: 'ring' },
    element('span', { 'aria-hidden': 'true' }, number(count)), element('span', { class: 'visually-hidden' }, words));
  ring.style.setProperty('--part', `${Math.round((100 * connected) / count)}%`);
  return L.divIcon({ className: 'cluster', html: ring, iconSize: [size, size] });
}

function countConnected(cluster) {
  const below = cluster.getAllChildMarkers();
  return [below.length, below.reduce((sum, marker) => sum + marker.row.connected, 0)];
}

if (window.L) pause ||= setTimeout(followOnMap, PAUSE); // after the first key, which may come at once
else byId('map').hidden = true; // all else works without the map's libraries
