// The programs of the viewer. A triangle's colour is a texel of a table; its number is gl_VertexID / 3.

import { tableWidth } from './gl.js';

/** The attributes' places, the same in all programs. */
export const attributes = ['position', 'normal', 'levels', 'tint', 'coordinate'];

const head = `#version 300 es
precision highp float; precision highp int; precision highp sampler2D;
`;

export const surfaceVertex = `${head}
uniform mat4 view, projection;
uniform sampler2D paint, paintBefore;
in vec3 position; in vec3 normal; in vec2 levels; in vec4 tint; in vec2 coordinate;
out vec3 place, eye, bent, edges, ink; out vec2 level, pictured;
flat out vec4 coat, coatBefore;
void main() {
  int triangle = gl_VertexID / 3, corner = gl_VertexID % 3;
  ivec2 texel = ivec2(triangle % ${tableWidth}, triangle / ${tableWidth});
  coat = texelFetch(paint, texel, 0); coatBefore = texelFetch(paintBefore, texel, 0);
  edges = vec3(corner == 0, corner == 1, corner == 2);
  place = position; level = levels; ink = tint.rgb; pictured = coordinate;
  bent = mat3(view) * normal;
  vec4 seen = view * vec4(position, 1.0);
  eye = seen.xyz;
  gl_Position = projection * seen;
}`;

export const surfaceFragment = `${head}
uniform vec3 clay, waveFrom;
uniform float wave, heatShown, wires, unsure, darkness, paintedShown;
uniform sampler2D picture;
in vec3 place, eye, bent, edges, ink; in vec2 level, pictured;
flat in vec4 coat, coatBefore;
out vec4 result;

vec3 heat(float t) {
  const vec3 stops[5] = vec3[5](vec3(0.02, 0.02, 0.09), vec3(0.16, 0.03, 0.30), vec3(0.55, 0.05, 0.22), vec3(0.95, 0.30, 0.03), vec3(1.0, 0.90, 0.45));
  float s = clamp(t, 0.0, 1.0) * 4.0;
  int i = min(3, int(s));
  return mix(stops[i], stops[i + 1], s - float(i));
}
vec3 coated(vec3 bare, vec4 paint) {
  vec3 colour = pow(paint.rgb, vec3(2.2));
  // an answer that is not sure is striped
  if (unsure > 0.5 && paint.a > 0.99) {
    float stripe = fract((gl_FragCoord.x + gl_FragCoord.y) / 14.0);
    colour = mix(colour, mix(bare, colour, 0.35), smoothstep(0.42, 0.5, stripe) - smoothstep(0.92, 1.0, stripe));
  }
  return mix(bare, colour, paint.a > 0.0 ? mix(0.62, 0.94, paint.a) : 0.0);
}
void main() {
  vec3 towards = normalize(-eye);
  vec3 n = normalize(bent);
  if (dot(n, towards) < 0.0) n = -n;
  // the answer spreads from the vertex that was found
  float front = wave * 2.4 - distance(place, waveFrom);
  float arrived = smoothstep(0.0, 0.12, front);
  vec3 painted = pow(ink * texture(picture, pictured).rgb, vec3(2.2)) * 0.8;
  vec3 bare = mix(mix(clay, painted, paintedShown), heat(level.y), heatShown);
  // where heat is shown the colours of parts step back
  vec3 base = mix(mix(coated(bare, coatBefore), coated(bare, coat), arrived), bare, heatShown);
  float lit = (1.0 - heatShown) * mix(step(0.99, coatBefore.a), step(0.99, coat.a), arrived);

  vec3 sun = normalize(vec3(-0.45, 0.72, 0.55));
  float key = max(0.0, 0.86 * dot(n, sun) + 0.14);
  float fill = max(0.0, 0.5 * dot(n, normalize(vec3(0.85, -0.1, 0.4))) + 0.5);
  float sky = 0.5 + 0.5 * n.y;
  float open = mix(0.28, 1.0, level.x);
  vec3 light = key * vec3(1.0, 0.965, 0.92) * 1.02 * mix(1.0, open, 0.4)
    + (fill * fill * vec3(0.72, 0.84, 1.0) * 0.22 + mix(vec3(0.10, 0.095, 0.09), vec3(0.26, 0.29, 0.34), sky)) * open;
  float shine = pow(max(0.0, dot(n, normalize(towards + sun))), 46.0) * 0.07 * open;
  float rim = pow(1.0 - max(0.0, dot(n, towards)), 4.0);
  vec3 colour = base * light + shine + rim * mix(-0.06, 0.12, darkness) * open;
  colour += base * lit * 0.10;
  // a bright rim where the wave passes
  colour += base * step(0.01, coat.a) * (1.0 - step(1.0, wave)) * exp(-abs(front) * 22.0) * 0.9;
  if (wires > 0.0) {
    vec3 thin = smoothstep(vec3(0.0), fwidth(edges) * 1.1, edges);
    colour = mix(colour * 0.55, colour, mix(1.0, min(thin.x, min(thin.y, thin.z)), wires));
  }
  result = vec4(pow(max(colour, 0.0), vec3(1.0 / 2.2)), 1.0);
}`;

/** The number of a triangle, from 1 on, as four bytes. */
export const numberVertex = `${head}
uniform mat4 view, projection;
in vec3 position;
flat out int number;
void main() { number = gl_VertexID / 3 + 1; gl_Position = projection * view * vec4(position, 1.0); }`;

export const numberFragment = `${head}
flat in int number;
out vec4 result;
void main() { result = vec4(number & 255, (number >> 8) & 255, (number >> 16) & 255, number >> 24) / 255.0; }`;

/** The depth of what is seen as four bytes, 0 where nothing is. */
export const depthFragment = `${head}
flat in int number;
out vec4 result;
void main() {
  uint d = uint(clamp(gl_FragCoord.z, 0.0, 1.0) * 16777214.0) + 1u;
  result = vec4(float(d & 255u), float((d >> 8) & 255u), float((d >> 16) & 255u), 0.0) / 255.0;
}`;

/** A round mark that faces the eye: a ring, or a disc with a sign. */
export const markVertex = `${head}
uniform mat4 view, projection;
uniform vec3 centre;
uniform vec2 size;
out vec2 spot;
void main() {
  spot = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  gl_Position = projection * view * vec4(centre, 1.0);
  gl_Position.xy += spot * size * gl_Position.w;
  gl_Position.z -= 0.004 * gl_Position.w;
}`;

export const markFragment = `${head}
uniform vec4 colour;
uniform float kind, grown, radius;
in vec2 spot;
out vec4 result;
float line(float d, float half_width, float soft) { return 1.0 - smoothstep(half_width, half_width + soft, abs(d)); }
void main() {
  float r = length(spot) * radius;
  float soft = 1.0, ink, halo;
  if (kind < 0.5) {
    float at = radius * mix(0.95, 0.55, grown);
    ink = max(line(r - at, 0.9, soft), 1.0 - smoothstep(1.6, 1.6 + soft, r));
    halo = max(line(r - at, 2.4, soft), 1.0 - smoothstep(3.0, 3.0 + soft, r));
  } else {
    vec2 p = abs(spot * radius);
    float disc = 1.0 - smoothstep(7.0, 7.0 + soft, r);
    float bar = (1.0 - smoothstep(1.0, 1.8, p.y)) * step(p.x, 4.0);
    float stem = kind < 1.5 ? (1.0 - smoothstep(1.0, 1.8, p.x)) * step(p.y, 4.0) : 0.0;
    float sign = max(bar, stem);
    halo = 1.0 - smoothstep(8.6, 8.6 + soft, r);
    result = vec4(mix(vec3(1.0), mix(colour.rgb, vec3(1.0), sign), disc), 1.0) * halo * colour.a;
    return;
  }
  result = vec4(colour.rgb * ink, 1.0) * max(ink, halo * 0.6) * colour.a;
}`;
