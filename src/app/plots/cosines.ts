// The data of the cosine histograms: cosines of positives, intermediates and negatives to their anchors.

export interface CosineSets {
  positive: number[];
  intermediate: number[];
  negative: number[];
}

export const COSINE_ROLES = ['positive', 'intermediate', 'negative'] as const;
