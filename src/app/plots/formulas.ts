// The definitions behind the plots, in TeX, and their sources.
import type { PlotName } from './plotNames.ts';

interface Definition {
  formulas: readonly string[];
  sources: readonly string[];
}

const WANG = 'Wang & Isola, ICML 2020, arXiv 2005.10242';
const GAO = 'Gao, Yao & Chen (SimCSE), EMNLP 2021, arXiv 2104.08821';
const LI = 'Li, Zhang, Nie & Mao, AAAI 2024, arXiv 2309.06453';

const ALIGNMENT = String.raw`\ell_{\text{align}} = \operatorname*{mean}_{(x,\,x^+)} \lVert f(x) - f(x^+) \rVert^2`;
const UNIFORMITY = String.raw`\ell_{\text{uniform}} = \log \operatorname*{mean}_{i<j}\, e^{-2 \lVert f(x_i) - f(x_j) \rVert^2}`;
const difficulty = (sub: string, measure: string) =>
  String.raw`\text{RFD}_{${sub}} = \frac{1}{|S|} \sum_{s \in S} \left( \ell^{\,\text{train}}_{\text{${measure}}}(s) - \ell^{\,\text{eval}}_{\text{${measure}}}(s) \right)`;

export const DEFINITIONS: Record<PlotName, Definition> = {
  loss: {
    formulas: [
      String.raw`\mathcal{L} = \mathcal{L}_{\text{InfoNCE}} + \beta\, \mathcal{L}_{\text{HT}}`,
      String.raw`\mathcal{L}_{\text{InfoNCE}} = -\operatorname*{mean}_i \log \frac{e^{\cos(h_i,\,h_i^+)/\tau}}{\sum_j e^{\cos(h_i,\,h_j^+)/\tau}}`,
      String.raw`\mathcal{L}_{\text{HT}} = \operatorname*{mean}_{i,k}\, \max(0,\; s_{k+1} - s_k + m_k)`,
    ],
    sources: [GAO, LI],
  },
  alignment: { formulas: [ALIGNMENT], sources: [WANG] },
  uniformity: { formulas: [UNIFORMITY], sources: [WANG] },
  plane: { formulas: [ALIGNMENT, UNIFORMITY], sources: [WANG, GAO] },
  'rfd-alignment': { formulas: [difficulty('a', 'align')], sources: [LI] },
  'rfd-uniformity': { formulas: [difficulty('u', 'uniform')], sources: [LI] },
  sts: {
    formulas: [
      String.raw`\rho = \operatorname{corr}\bigl(\operatorname{rank}(\cos(h_i, h_i')),\; \operatorname{rank}(\text{score}_i)\bigr)`,
    ],
    sources: [GAO],
  },
  cosines: {
    formulas: [String.raw`\cos(a, b) = \frac{a \cdot b}{\lVert a \rVert\, \lVert b \rVert}`],
    sources: [LI],
  },
  mer: { formulas: [String.raw`\text{MER} = \frac{I + D + S}{I + D + S + R}`], sources: [LI] },
};
