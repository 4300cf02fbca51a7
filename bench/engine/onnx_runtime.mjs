// ONNX Runtime with one thread, asked line by line: MODEL INPUT, raw fp32 files both but the model.
// {"count": N} is answered by {"seconds": [...], "output": [...]}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.env.NODE_PACKAGES}/`);
const ort = require("onnxruntime-node");

const [model, input, ...dims] = process.argv.slice(2);
const session = await ort.InferenceSession.create(model, {
  intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: "sequential",
  graphOptimizationLevel: "all",
});
const bytes = readFileSync(input);
const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", data, dims.map(Number)) };

console.log(JSON.stringify({ version: ort.env.versions.common }));
for await (const line of createInterface({ input: process.stdin })) {
  const { count } = JSON.parse(line);
  const seconds = [];
  let results;
  for (let i = 0; i < count; ++i) {
    const began = process.hrtime.bigint();
    results = await session.run(feeds);
    seconds.push(Number(process.hrtime.bigint() - began) / 1e9);
  }
  console.log(JSON.stringify({ seconds, output: [...results[session.outputNames[0]].data] }));
}
