// The formula behind each knob, in TeX, for its "Read more" section. h: embedding, s_{i,k}: cosine of anchor i to its
// level k, theta: weights, g: gradient. Knobs without an entry have no formula.
import type { KnobName } from '../../run/knobs.ts';

const STEP = String.raw`\theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon} - \eta\,\lambda\,\theta`;

export const KNOB_FORMULAS: Partial<Record<KnobName, string>> = {
  temperature: String.raw`\mathcal{L}_i = -\log \frac{e^{\cos(h_i,\,h_i^+)/\tau}}{\sum_j e^{\cos(h_i,\,h_j^+)/\tau}}`,
  beta: String.raw`\mathcal{L} = \mathcal{L}_{\text{InfoNCE}} + \beta\,\mathcal{L}_{\text{HT}}`,
  margins: String.raw`\mathcal{L}_{\text{HT}} = \frac{1}{NK}\sum_{i=1}^{N}\sum_{k=1}^{K} \max(0,\; s_{i,k+1} - s_{i,k} + m_k)`,
  batch: String.raw`\text{negatives of an anchor} = N - 1`,
  accumulate: String.raw`g = \frac{1}{A}\sum_{a=1}^{A} g_a`,
  learningRate: STEP,
  weightDecay: STEP,
  adamEpsilon: STEP,
  adamBeta1: String.raw`m \leftarrow \beta_1 m + (1 - \beta_1)\,g`,
  adamBeta2: String.raw`v \leftarrow \beta_2 v + (1 - \beta_2)\,g^2`,
  maxGradNorm: String.raw`g \leftarrow g \cdot \min\!\left(1,\; \frac{c}{\lVert g \rVert}\right)`,
  schedule: String.raw`\eta_t = \eta\,\Bigl(1 - \frac{t}{T}\Bigr) \quad\text{(linear)}`,
  warmupSteps: String.raw`\eta_t = \eta\,\frac{t}{W} \quad (t < W)`,
  pooling: String.raw`h_{\text{mean}} = \frac{1}{n}\sum_{t=1}^{n} x_t, \qquad h_{\text{cls}} = x_1`,
  head: String.raw`z = W h + b, \qquad W, b \sim \mathcal{N}(0,\; 0.006^2)`,
  dropout: String.raw`x \leftarrow \frac{x \odot m}{1 - p}, \qquad m \sim \text{Bernoulli}(1 - p)`,
  cutoffRate: String.raw`\text{tokens dropped} = \operatorname{round}(r\,n)`,
  measureCap: String.raw`U = \log \mathbb{E}_{i<j}\, e^{-2\lVert h_i - h_j\rVert^2}, \qquad A = \mathbb{E}\,\lVert h - h^+\rVert^2`,
};
