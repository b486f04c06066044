// A config.json that asks for something we do not compute must be refused with the field's name, or the model would
// run and be wrong.
import { describe, expect, it } from 'vitest';
import { longestInput, parseEncoderConfig } from '../../src/encoder/config.ts';
import { Failure } from '../../src/util/failure.ts';
import { smallConfig, smallJson } from './small.ts';

describe('parseEncoderConfig', () => {
  it('reads BERT with the defaults of Hugging Face', () => {
    expect(smallConfig()).toMatchObject({
      type: 'bert',
      vocabulary: 40,
      hidden: 16,
      layers: 2,
      heads: 2,
      intermediate: 15,
      maxPositions: 20,
      typeVocabulary: 2,
      layerNormEpsilon: 1e-12,
      padId: 0,
      positionOffset: 0,
    });
    expect(longestInput(smallConfig())).toBe(20);
  });

  it('reads RoBERTa, whose positions begin behind the padding id', () => {
    const config = smallConfig({ model_type: 'roberta', type_vocab_size: 1, layer_norm_eps: 1e-5 });
    expect(config).toMatchObject({ type: 'roberta', padId: 1, positionOffset: 2, layerNormEpsilon: 1e-5 });
    expect(longestInput(config)).toBe(18);
    expect(smallConfig({ model_type: 'roberta', pad_token_id: 3 })).toMatchObject({
      padId: 3,
      positionOffset: 4,
    });
  });

  it('keeps fields that it does not use', () => {
    expect(smallConfig({ transformers_version: '4.18.0' }).raw).toMatchObject({
      transformers_version: '4.18.0',
    });
  });

  it.each([
    ['another model', { model_type: 'gpt2' }, /"model_type"/],
    ['another activation', { hidden_act: 'relu' }, /"hidden_act".*gelu/],
    ['relative positions', { position_embedding_type: 'relative_key' }, /"position_embedding_type"/],
    ['a missing field', { hidden_size: undefined }, /"hidden_size"/],
    ['no layers', { num_hidden_layers: 0 }, /"num_hidden_layers"/],
    ['text for a number', { intermediate_size: '15' }, /"intermediate_size"/],
    ['a size beyond reason', { vocab_size: 1e9 }, /"vocab_size"/],
    ['an epsilon of 0', { layer_norm_eps: 0 }, /"layer_norm_eps"/],
    ['heads that do not divide', { num_attention_heads: 3 }, /hidden_size 16.*num_attention_heads 3/],
    ['padding outside the vocabulary', { pad_token_id: 40 }, /pad_token_id 40.*40 tokens/],
  ])('refuses %s', (_, changes, message) => {
    const parse = () => parseEncoderConfig(JSON.stringify(smallJson(changes)));
    expect(parse).toThrow(Failure);
    expect(parse).toThrow(message);
  });

  it.each(['', '[1, 2]', 'null', '{"model_type": '])('refuses %o', (text) => {
    expect(() => parseEncoderConfig(text)).toThrow(/config\.json/);
  });
});
