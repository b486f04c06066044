import { openModel } from './src/cli/node/files.ts';
import { readFileSync } from 'node:fs';
const m=await openModel('models/pocket');
const s=JSON.parse(readFileSync('/tmp/w200.jsonl','utf8').split('\n')[Number(process.argv[2]??0)]!).sentence; console.log(m.tokenizer.encode(s,32).tokens.join(' '));
