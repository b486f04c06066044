// The pooling module for Python that stands in a folder trained with mask pooling, which sentence-transformers has no
// module for. It loads the file when asked to (trust_remote_code=True); our own reader only looks at its name.

export const MASK_POOLING_FILE = 'mask_pooling.py';

/** The type in modules.json: file and class. */
export const MASK_POOLING_TYPE = 'mask_pooling.MaskPooling';

export const MASK_POOLING_PY = `"""
Mask pooling: the embedding of a sentence is the state of the [MASK] in a prompt (Jiang et al. 2022, PromptBERT).

The tokenizer of this folder inserts the prompt, so that [MASK] is the last token but one. Written by Semblance for
sentence-transformers 5 and newer: SentenceTransformer(folder, trust_remote_code=True).
"""

import shutil
from pathlib import Path

import torch

try:
    from sentence_transformers.base.modules import Module
except ImportError:
    from sentence_transformers.models import Module


class MaskPooling(Module):
    config_keys = ["embedding_dimension", "mask_token_id"]

    def __init__(self, embedding_dimension: int, mask_token_id: int) -> None:
        super().__init__()
        self.embedding_dimension = embedding_dimension
        self.mask_token_id = mask_token_id

    def forward(self, features: dict, **kwargs) -> dict:
        states, attended = features["token_embeddings"], features["attention_mask"]
        positions = torch.arange(attended.shape[1], device=attended.device)
        place = (attended * (positions + 1)).argmax(dim=1) - 1
        rows = torch.arange(len(states), device=states.device)
        if "input_ids" in features and (features["input_ids"][rows, place] != self.mask_token_id).any():
            raise ValueError("The prompt is missing: the tokenizer must be the one of this folder's tokenizer.json.")
        features["sentence_embedding"] = states[rows, place]
        return features

    def get_embedding_dimension(self) -> int:
        return self.embedding_dimension

    def get_sentence_embedding_dimension(self) -> int:
        return self.embedding_dimension

    def save(self, output_path: str, *args, **kwargs) -> None:
        self.save_config(output_path)
        # modules.json names the file without its folder, so it is looked for at the top.
        shutil.copy(__file__, Path(output_path).parent / "mask_pooling.py")
`;
