// Colours of parts, and of the faces of the mesh that is shown.

import { eachRun } from './faces.js';

/** Told apart by most people, on clay and on photos, in light and in dark. */
const palette = ['#2f7fff', '#ff6a3d', '#12a87b', '#f2b01e', '#a259ff', '#ef4f91', '#16a5c4', '#8bbf2c', '#c1694f', '#6674e5', '#d9a0e8', '#5f9ea0'];

/** The first colour of the palette that no part has. */
export function nextColour(parts) {
  const taken = new Set(parts.map(part => part.color));
  return palette.find(colour => !taken.has(colour)) ?? palette[parts.length % palette.length];
}

export const componentsOf = colour => [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));

const kept = 170, lit = 255;

/** RGBA for each face: kept parts in their order, then the one that is lit. */
export function faceColours(faceCount, parts, shown) {
  const words = new Uint32Array(faceCount);
  const fill = (runs, colour, alpha) => {
    const [r, g, b] = componentsOf(colour), word = (alpha << 24 | b << 16 | g << 8 | r) >>> 0;
    eachRun(runs, (from, to) => words.fill(word, from, to));
  };
  for (const part of parts) fill(part.runs, part.color, kept);
  for (const { runs, color } of shown) fill(runs, color, lit);
  return new Uint8Array(words.buffer);
}
