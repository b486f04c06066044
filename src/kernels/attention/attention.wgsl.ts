// Attention in WGSL, forward and backward, iterating over the keys of a row.
//
//   forward          an invocation computes some queries of one row and head: scores, softmax, context
//   query gradient   the same invocations: dS = p (dp - sum_j p dp) scale, stored for the next kernel, and dq
//   key gradient     an invocation computes some keys of one row and head: dk, dv
//
// A head's part of a token is held in registers, at most 16 units (f32 or vec4<f32>) at a time.
import { header, inner, range, unrolled } from '../wgsl.ts';
import { MASK, MASK_UNIFORMS } from '../dropout/dropout.wgsl.ts';

export interface AttentionVariant {
  type: 'vec4<f32>' | 'f32';
  /** Units per head. */
  units: number;
  /** Queries (or keys) per invocation. */
  tokens: number;
  /** Invocations per workgroup. */
  size: number;
  mask: boolean;
}

export function variantKey(kernel: string, { type, units, tokens, size, mask }: AttentionVariant): string {
  return `semblance_${kernel}_${type}_${units}_${tokens}_${size}_${mask}`;
}

/** The most units held in registers at a time. */
const MAX_UNITS = 16;

/** The units of a chunk: the largest divisor of `units` that registers can hold, so that chunks are equal. */
function chunkOf(units: number): number {
  for (let chunk = Math.min(units, MAX_UNITS); ; chunk--) if (units % chunk === 0) return chunk;
}

const UNIFORMS = `rows : u32, heads : u32, length : u32, scale : f32, ${MASK_UNIFORMS}`;

/** Functions, and an entry point that defines `first`, the invocation's first token, and the offsets of its data. */
function program(
  variant: AttentionVariant,
  writes: Record<string, string>,
  reads: Record<string, string>,
  body: string,
): string {
  const { units, tokens, size, mask } = variant;
  return `${header(writes, reads, UNIFORMS)}
  ${mask ? MASK : 'fn maskOfOne(element : u32) -> f32 { return 1.0; }'}
  @compute @workgroup_size(${size}) fn main(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) groups : vec3<u32>,
    @builtin(local_invocation_index) local : u32
  ) {
    let index = (group.y * groups.x + group.x) * ${size}u + local;
    let length = uniforms.length;
    let blocks = (length + ${tokens - 1}u) / ${tokens}u;
    let first = (index % blocks) * ${tokens}u;
    let head = index / blocks % uniforms.heads;
    let row = index / blocks / uniforms.heads;
    if (row >= uniforms.rows) { return; }
    let tokenCount = u32(max(0, lengths[row]));
    let keys = select(min(tokenCount, length), length, tokenCount == 0u);
    let width = uniforms.heads * ${units}u;
    let at = row * length * width + head * ${units}u;
    let table = (row * uniforms.heads + head) * length * length;
    ${unrolled(tokens, (t) => `let token${t} = min(first + ${t}u, length - 1u);`)}
    ${body}
  }`;
}

/** A loop over the chunks of a head; inside, unit u of a token is `unit(token, u)`. */
function chunks({ units }: AttentionVariant, body: (chunk: number) => string): string {
  const chunk = chunkOf(units);
  return `for (var part = 0u; part < ${units}u; part += ${chunk}u) { ${body(chunk)} }`;
}

const unit = (name: string, token: string, u: number) => `${name}[at + ${token} * width + part + ${u}u]`;

/**
 * scores[i][j] = own_i . other_j for all keys j, stored in `to`; `finished` is the code that processes a finished
 * score.
 */
function innerProducts(
  variant: AttentionVariant,
  own: string,
  other: string,
  to: string,
  finished: (t: number) => string,
): string {
  const { type, units, tokens } = variant;
  const several = chunkOf(units) < units;
  return chunks(
    variant,
    (chunk) => `
      ${unrolled(tokens, (t) =>
        range(chunk)
          .map((u) => `let own${t}_${u} = ${unit(own, `token${t}`, u)};`)
          .join(' '),
      )}
      let last = part + ${chunk}u == ${units}u;
      for (var j = 0u; j < keys; j++) {
        ${unrolled(tokens, (t) => `var s${t} = 0.0;`)}
        ${unrolled(
          chunk,
          (u) => `{ let other = ${unit(other, 'j', u)};
          ${range(tokens)
            .map((t) => `s${t} += ${inner(type, `own${t}_${u}`, 'other')};`)
            .join(' ')} }`,
        )}
        ${unrolled(
          tokens,
          (t) => `if (first + ${t}u < length) {
          let e = table + token${t} * length + j;
          ${several ? `if (part > 0u) { s${t} += ${to}[e]; }` : ''}
          if (last) { ${finished(t)} } else { ${to}[e] = s${t}; }
        }`,
        )}
      }`,
  );
}

/**
 * result_i = sum_j weight_ij other_j over the keys.
 * @param weight an expression of the element e
 */
function weightedSums(variant: AttentionVariant, weight: string, other: string, result: string): string {
  const { type, tokens } = variant;
  return chunks(
    variant,
    (chunk) => `
      ${unrolled(tokens, (t) =>
        range(chunk)
          .map((u) => `var sum${t}_${u} = ${type}();`)
          .join(' '),
      )}
      for (var j = 0u; j < keys; j++) {
        ${unrolled(tokens, (t) => `var w${t} = 0.0; { let e = table + token${t} * length + j; w${t} = ${weight}; }`)}
        ${unrolled(
          chunk,
          (u) => `{ let other = ${unit(other, 'j', u)};
          ${range(tokens)
            .map((t) => `sum${t}_${u} += w${t} * other;`)
            .join(' ')} }`,
        )}
      }
      ${unrolled(
        tokens,
        (t) =>
          `if (first + ${t}u < length) { ${range(chunk)
            .map((u) => `${unit(result, `token${t}`, u)} = sum${t}_${u};`)
            .join(' ')} }`,
      )}`,
  );
}

export function attentionCode(variant: AttentionVariant): string {
  const { type, tokens } = variant;
  const body = `
    ${unrolled(tokens, (t) => `var maximum${t} = -3.0e38;`)}
    ${innerProducts(variant, 'q', 'k', 'probabilities', (t) => `let s = s${t} * uniforms.scale; maximum${t} = max(maximum${t}, s); probabilities[e] = s;`)}
    ${unrolled(
      tokens,
      (t) => `if (first + ${t}u < length) {
      let start = table + token${t} * length;
      var total = 0.0;
      for (var j = 0u; j < keys; j++) {
        let p = exp(probabilities[start + j] - maximum${t});
        total += p;
        probabilities[start + j] = p;
      }
      let inverse = 1.0 / total;
      for (var j = 0u; j < keys; j++) { probabilities[start + j] *= inverse; }
      for (var j = keys; j < length; j++) { probabilities[start + j] = 0.0; }
    }`,
    )}
    ${weightedSums(variant, 'probabilities[e] * maskOfOne(e)', 'v', 'context')}`;
  return program(
    variant,
    { context: type, probabilities: 'f32' },
    { q: type, k: type, v: type, lengths: 'i32' },
    body,
  );
}

/** Writes dq and dScores; dScores beyond a row's keys are not written. */
export function queryGradientCode(variant: AttentionVariant): string {
  const { type, tokens } = variant;
  const body = `
    ${unrolled(tokens, (t) => `var total${t} = 0.0;`)}
    ${innerProducts(variant, 'dy', 'v', 'dScores', (t) => `let d = s${t} * maskOfOne(e); total${t} += probabilities[e] * d; dScores[e] = d;`)}
    ${unrolled(
      tokens,
      (t) => `if (first + ${t}u < length) {
      let start = table + token${t} * length;
      for (var j = 0u; j < keys; j++) {
        dScores[start + j] = probabilities[start + j] * (dScores[start + j] - total${t}) * uniforms.scale;
      }
    }`,
    )}
    ${weightedSums(variant, 'dScores[e]', 'k', 'dq')}`;
  return program(
    variant,
    { dq: type, dScores: 'f32' },
    { dy: type, k: type, v: type, probabilities: 'f32', lengths: 'i32' },
    body,
  );
}

export function keyGradientCode(variant: AttentionVariant): string {
  const { type, tokens } = variant;
  const body = chunks(
    variant,
    (chunk) => `
      ${unrolled(tokens, (t) =>
        range(chunk)
          .map((u) => `var dk${t}_${u} = ${type}(); var dv${t}_${u} = ${type}();`)
          .join(' '),
      )}
      for (var i = 0u; i < length; i++) {
        ${unrolled(
          tokens,
          (t) => `var ds${t} = 0.0; var p${t} = 0.0;
        if (first + ${t}u < keys) {
          let e = table + i * length + token${t};
          ds${t} = dScores[e];
          p${t} = probabilities[e] * maskOfOne(e);
        }`,
        )}
        ${unrolled(
          chunk,
          (u) => `{ let query = ${unit('q', 'i', u)}; let d = ${unit('dy', 'i', u)};
          ${range(tokens)
            .map((t) => `dk${t}_${u} += ds${t} * query; dv${t}_${u} += p${t} * d;`)
            .join(' ')} }`,
        )}
      }
      ${unrolled(
        tokens,
        (t) =>
          `if (first + ${t}u < length) { ${range(chunk)
            .map(
              (u) =>
                `${unit('dk', `token${t}`, u)} = dk${t}_${u}; ${unit('dv', `token${t}`, u)} = dv${t}_${u};`,
            )
            .join(' ')} }`,
      )}`,
  );
  return program(
    variant,
    { dk: type, dv: type },
    { dy: type, q: type, dScores: 'f32', probabilities: 'f32', lengths: 'i32' },
    body,
  );
}
