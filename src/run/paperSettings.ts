// The thirteen settings of Li et al. (2024) with results computed from their training logs for bert-base-uncased:
// relative fitting difficulty (mean over steps from 125 on) and best Spearman's correlation on STS-B dev. Source: the
// logs in the authors' repository (BDBC-KG-NLP/NGCSE at 921ff50, MIT), evaluated in tests/golden/rfd.json.
import type { Setting } from './settings.ts';

export interface PaperSetting {
  /** Name as in the paper: domain and pattern. */
  label: string;
  /** The corresponding setting here: the bundled corpus with sentences of that kind. */
  setting: Setting;
  rfdAlignment: number;
  rfdUniformity: number;
  sts: number;
}

/** The paper's Wiki domain (Wikipedia) corresponds to our encyclopedia; its NLI domain consists of scene captions. */
export const PAPER_SETTINGS: readonly PaperSetting[] = [
  {
    label: 'Wiki.dropout',
    setting: { domain: 'encyclopedia', pattern: 'dropout' },
    rfdAlignment: -0.148791418,
    rfdUniformity: -0.265077761,
    sts: 0.812476105,
  },
  {
    label: 'Wiki.token_shuffle',
    setting: { domain: 'encyclopedia', pattern: 'token_shuffle' },
    rfdAlignment: -0.150764704,
    rfdUniformity: -0.235894791,
    sts: 0.804726066,
  },
  {
    label: 'Wiki.token_cutoff',
    setting: { domain: 'encyclopedia', pattern: 'token_cutoff' },
    rfdAlignment: -0.130440174,
    rfdUniformity: -0.252236448,
    sts: 0.812145412,
  },
  {
    label: 'Wiki.NLI',
    setting: { domain: 'encyclopedia', pattern: 'nli' },
    rfdAlignment: 0.0346331183,
    rfdUniformity: -0.440438424,
    sts: 0.820472234,
  },
  {
    label: 'Wiki.STS',
    setting: { domain: 'encyclopedia', pattern: 'sts' },
    rfdAlignment: -0.0460552488,
    rfdUniformity: -0.47297579,
    sts: 0.819184387,
  },
  {
    label: 'Wiki.STS_HT',
    setting: { domain: 'encyclopedia', pattern: 'sts_ht' },
    rfdAlignment: 0.0266307539,
    rfdUniformity: -0.389918489,
    sts: 0.833783781,
  },
  {
    label: 'NLI.dropout',
    setting: { domain: 'scenes', pattern: 'dropout' },
    rfdAlignment: -0.226906,
    rfdUniformity: -0.0667841135,
    sts: 0.78576795,
  },
  {
    label: 'NLI.token_shuffle',
    setting: { domain: 'scenes', pattern: 'token_shuffle' },
    rfdAlignment: -0.234595203,
    rfdUniformity: 0.135775172,
    sts: 0.80833375,
  },
  {
    label: 'NLI.token_cutoff',
    setting: { domain: 'scenes', pattern: 'token_cutoff' },
    rfdAlignment: -0.197222923,
    rfdUniformity: 0.00776846522,
    sts: 0.797972346,
  },
  {
    label: 'NLI.NLI',
    setting: { domain: 'scenes', pattern: 'nli' },
    rfdAlignment: 0.115632401,
    rfdUniformity: -0.0805969848,
    sts: 0.833846391,
  },
  {
    label: 'NLI.STS',
    setting: { domain: 'scenes', pattern: 'sts' },
    rfdAlignment: 0.00358751278,
    rfdUniformity: -0.0170405126,
    sts: 0.842501284,
  },
  {
    label: 'NLI.STS_HT',
    setting: { domain: 'scenes', pattern: 'sts_ht' },
    rfdAlignment: 0.0790372932,
    rfdUniformity: 0.0388746896,
    sts: 0.847080106,
  },
  {
    label: 'NLI.SUP',
    setting: { domain: 'scenes', pattern: 'sup' },
    rfdAlignment: 0.074491037,
    rfdUniformity: 0.209382787,
    sts: 0.855545185,
  },
];

/** The bundled domains that the paper's settings come from, in the paper's order. */
export const PAPER_DOMAINS = ['encyclopedia', 'scenes'] as const;
