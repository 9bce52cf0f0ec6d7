import { cross, dot, length, normalized, scale, subtract } from './vectors.js';

const creaseCosine = Math.cos(40 * Math.PI / 180);

/**
 * A mesh made ready to be drawn: three corners of its own for each triangle, placed in the unit ball.
 *
 * `positions` float32 [V x 3] and `triangles` uint32 [T x 3] are in the file's order; `faceOfTriangle` uint32 [T] says which face of the
 * file a triangle came from.
 */
export class Surface {
  constructor({ positions, triangles, faceOfTriangle, faceCount }) {
    this.vertexCount = positions.length / 3;
    this.triangles = triangles;
    this.triangleCount = triangles.length / 3;
    this.faceCount = faceCount;
    this.faceOfTriangle = faceOfTriangle;
    this.positions = placed(positions, triangles);
    this.corners = gathered(this.positions, triangles);
    this.normals = smoothNormals(this.positions, triangles);
    this.trianglesOfFace = grouped(faceOfTriangle, faceCount);
  }

  position(vertex) { return Array.from(this.positions.subarray(3 * vertex, 3 * vertex + 3)); }

  /** The mean normal and centre of the triangles of some faces, weighed by their areas. */
  lie(faces) {
    let normal = [0, 0, 0], centre = [0, 0, 0], total = 0;
    for (const face of faces) {
      for (const t of this.facet(face)) {
        const [a, b, c] = this.corner3(t), n = cross(subtract(b, a), subtract(c, a)), area = length(n);
        for (let i = 0; i < 3; i++) { normal[i] += n[i]; centre[i] += area * (a[i] + b[i] + c[i]) / 3; }
        total += area;
      }
    }
    return total > 0 ? { normal: normalized(normal), centre: scale(centre, 1 / total) } : null;
  }

  /** The triangles of a face of the file. */
  facet(face) { return this.trianglesOfFace.items.subarray(this.trianglesOfFace.starts[face], this.trianglesOfFace.starts[face + 1]); }

  corner3(triangle) { return [0, 3, 6].map(i => Array.from(this.corners.subarray(9 * triangle + i, 9 * triangle + i + 3))); }

  /** Where a ray meets the plane of a triangle, and the vertex of that triangle nearest to it. */
  meet(triangle, { origin, direction }) {
    const corners = this.corner3(triangle), n = cross(subtract(corners[1], corners[0]), subtract(corners[2], corners[0]));
    const along = dot(n, direction), t = Math.abs(along) > 1e-12 ? dot(n, subtract(corners[0], origin)) / along : 0;
    const position = origin.map((o, i) => o + t * direction[i]);
    const distances = corners.map(c => length(subtract(c, position)));
    return { position, vertex: this.triangles[3 * triangle + distances.indexOf(Math.min(...distances))] };
  }
}

/** The positions moved and scaled so that what the triangles use fills the unit ball. */
function placed(positions, triangles) {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (const v of triangles) for (let i = 0; i < 3; i++) {
    const c = positions[3 * v + i];
    if (c < low[i]) low[i] = c;
    if (c > high[i]) high[i] = c;
  }
  const centre = low.map((l, i) => (l + high[i]) / 2), result = new Float32Array(positions.length);
  let radius = 0;
  for (const v of triangles) {
    radius = Math.max(radius, Math.hypot(positions[3 * v] - centre[0], positions[3 * v + 1] - centre[1], positions[3 * v + 2] - centre[2]));
  }
  for (let i = 0; i < positions.length; i++) result[i] = (positions[i] - centre[i % 3]) / (radius || 1);
  return result;
}

function gathered(positions, triangles) {
  const corners = new Float32Array(3 * triangles.length);
  for (let i = 0; i < triangles.length; i++) for (let k = 0; k < 3; k++) corners[3 * i + k] = positions[3 * triangles[i] + k];
  return corners;
}

/** Items listed by the group that each is in. */
function grouped(groupOf, count) {
  const starts = new Uint32Array(count + 1), items = new Uint32Array(groupOf.length);
  for (const g of groupOf) starts[g + 1]++;
  for (let g = 0; g < count; g++) starts[g + 1] += starts[g];
  const next = starts.slice();
  for (let i = 0; i < groupOf.length; i++) items[next[groupOf[i]]++] = i;
  return { starts, items };
}

/** For each vertex the first that lies at the very same place: files split vertices at seams of textures. */
function welded(positions) {
  const count = positions.length / 3, bits = new Int32Array(positions.buffer, positions.byteOffset, positions.length);
  let size = 1;
  while (size < 2 * count) size *= 2;
  const table = new Int32Array(size).fill(-1), first = new Uint32Array(count);
  for (let v = 0; v < count; v++) {
    const [x, y, z] = [bits[3 * v], bits[3 * v + 1], bits[3 * v + 2]];
    let slot = (Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(z, 83492791)) & (size - 1);
    while (table[slot] >= 0) {
      const o = 3 * table[slot];
      if (bits[o] === x && bits[o + 1] === y && bits[o + 2] === z) break;
      slot = (slot + 1) & (size - 1);
    }
    if (table[slot] < 0) table[slot] = v;
    first[v] = table[slot];
  }
  return first;
}

/**
 * A normal for each corner, int8 [3T x 4]: the mean over the triangles about its place that bend away by less than 40 degrees, so that
 * what is round looks round and what has edges keeps them.
 */
function smoothNormals(positions, triangles) {
  const first = welded(positions), cornerCount = triangles.length;
  const vertexOfCorner = triangles.map(v => first[v]);
  const around = grouped(vertexOfCorner, positions.length / 3);
  const flat = new Float32Array(cornerCount), unit = new Float32Array(cornerCount), p = positions;
  for (let i = 0; i < cornerCount; i += 3) {
    const [a, b, c] = [3 * triangles[i], 3 * triangles[i + 1], 3 * triangles[i + 2]];
    const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2], vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
    const x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx, l = Math.sqrt(x * x + y * y + z * z) || 1;
    flat[i] = x; flat[i + 1] = y; flat[i + 2] = z;
    unit[i] = x / l; unit[i + 1] = y / l; unit[i + 2] = z / l;
  }
  const normals = new Int8Array(4 * cornerCount);
  for (let corner = 0; corner < cornerCount; corner++) {
    const own = corner - corner % 3, vertex = vertexOfCorner[corner];
    let x = 0, y = 0, z = 0;
    for (let i = around.starts[vertex]; i < around.starts[vertex + 1]; i++) {
      const other = around.items[i] - around.items[i] % 3;
      const cosine = unit[own] * unit[other] + unit[own + 1] * unit[other + 1] + unit[own + 2] * unit[other + 2];
      // triangles wound the other way round belong to the same surface
      if (Math.abs(cosine) < creaseCosine) continue;
      const sign = cosine < 0 ? -1 : 1;
      x += sign * flat[other]; y += sign * flat[other + 1]; z += sign * flat[other + 2];
    }
    const l = 127 / (Math.sqrt(x * x + y * y + z * z) || 1);
    normals[4 * corner] = x * l; normals[4 * corner + 1] = y * l; normals[4 * corner + 2] = z * l;
  }
  return normals;
}
