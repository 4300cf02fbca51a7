#include "models/rules/notes.h"

#include <array>

namespace anemon::models {
namespace {

constexpr Confidence kDocumented = Confidence::documented;
constexpr Confidence kMeasured = Confidence::measured;
constexpr Confidence kFolklore = Confidence::folklore;

constexpr std::array<Note, 26> kNotes = {{
    {"DT-2", kMeasured, "751K microarchitecture study; maderix/ANE",
     "fp32 inputs and outputs do not keep a model off the Neural Engine: a cast is inserted, which "
     "takes time on the CPU.",
     "Use FLOAT16 arrays as inputs and outputs (iOS 16, specification 7)."},
    {"DT-6", kMeasured, "cadamcat, LLMs on the Neural Engine",
     "Attention over many keys loses precision in fp16 because probabilities become tiny: 5 % "
     "error "
     "at 4096 keys.",
     "Multiply the probabilities by 64 and divide the result: 0.06 %."},
    {"DT-7", kMeasured, "coremltools guide; maderix/ANE; 751K microarchitecture study",
     "int8 weights with int8 activations are faster than fp16 only from A17 Pro and M4 on: 1.85 to "
     "1.88 times on chains of convolutions, 1.0 to 1.5 times on whole networks.",
     "Try it where arithmetic is the limit (recommendation w8a8)."},
    {"OP-6", kMeasured, "751K microarchitecture study (M4), 3.2: 166 models",
     "Run on the Neural Engine: elementwise operations with broadcasting, convolutions of every "
     "kind, products, attention with a mask, pooling, softmax, normalisations, reductions but "
     "products, reshape, transpose, concat, split, stack, slices, zero, reflecting and replicating "
     "padding, tile, pixel shuffles, resizing, topk, quantize and dequantize.",
     "Older claims against broadcasting and dilation hold for old networks up to A14."},
    {"OP-9", kMeasured, "maderix/ANE (M4, private interface)",
     "The fused attention of the hardware ignored its mask when called directly.",
     "Compare the results of attention with a mask with those of the CPU."},
    {"OP-11", kDocumented,
     "Apple, Deploying Transformers on the Apple Neural Engine; ml-stable-diffusion; 751K "
     "microarchitecture study, A3",
     "Attention split by head suits the Neural Engine, the original form the GPU. Thousands of "
     "einsum operations make compilation explode: 20 minutes and 78 GB for 5120.",
     ""},
    {"OP-12", kFolklore, "skyfallsin, field guide (M3 Max, private interface)",
     "tile was once seen to corrupt data.", "Broadcast instead."},
    {"SH-8", kMeasured, "751K microarchitecture study (M4)",
     "Strides of 2 to 8, 2 to 64 groups and batches of 2 to 64 are no obstacle.", ""},
    {"SH-12", kMeasured, "cadamcat, LLMs on the Neural Engine (one model)",
     "A decoder with queries of length 1 or 2 failed on the Neural Engine, 4 and 8 worked.",
     "Pad queries to 4."},
    {"SH-13", kMeasured, "Bryngelson (M1)",
     "Output channels are shared out over 16 cores in groups; a last round that is not full reads "
     "the whole input again: 192 to 256 channels went from 20 to 61 us.",
     "Keep the number of output channels a multiple of 32 or 64."},
    {"WT-3", kMeasured, "751K microarchitecture study (M6)",
     "Weights are read from memory in every call unless they are tiny (64 kB): no call is faster "
     "than weights / bandwidth.",
     "Pack weights tighter; the floor falls with their bytes (it is shown with the placement)."},
    {"WT-5", kDocumented, "ml-stable-diffusion; 751K microarchitecture study",
     "From iOS 17 and macOS 14 on packed weights are unpacked while they are read; before, when "
     "the "
     "model is loaded.",
     "Target iOS 17 or later for packed weights."},
    {"WT-6", kDocumented, "coremltools guide, performance of pruning; 751K microarchitecture study",
     "Zero weights are skipped, and sparse ones read packed: from 75 % zeros, or zeros in blocks "
     "of "
     "two channels, latency falls.",
     ""},
    {"WT-7", kMeasured, "751K microarchitecture study (M6)",
     "From 48 to 50 MiB of weights on a call takes 55 us more, and then reads at 145 to 150 "
     "instead "
     "of 130 GB/s.",
     ""},
    {"PF-2", kMeasured, "751K microarchitecture study; Bryngelson",
     "From idle it takes 0.3 s of load to reach the full clock, at first 2.8 times slower. After 5 "
     "to 6 s without work the engine is switched off: the next call takes 50 ms (M6) to 260 ms "
     "(M1) "
     "more.",
     "Warm up for 1 s or more and leave no pause before measuring; report cold, first and steady "
     "calls apart."},
    {"PF-3", kMeasured, "erwinzhang7/coreml-compute-placement; 751K microarchitecture study",
     "The Neural Engine kept its speed within 0.14 % in 41 of 42 runs of two minutes; the GPU lost "
     "1 "
     "to 16 %.",
     "Prefer it for sustained load."},
    {"PF-4", kMeasured, "erwinzhang7/coreml-compute-placement",
     "Letting Core ML choose can be slower than either engine alone: ResNet-50 on M4 Pro 386 "
     "against "
     "930 and 660 predictions a second.",
     "Measure every choice of compute units and pin the best."},
    {"PF-5", kMeasured, "erwinzhang7/coreml-compute-placement",
     "Which engine is faster changes from chip to chip: ResNet-50 on the Neural Engine 1.41 times "
     "as "
     "fast as the GPU on M4 Pro, 0.33 times on M5 Max.",
     "Do not extrapolate across chips."},
    {"PF-6", kMeasured, "Bryngelson; 751K microarchitecture study, B3",
     "Calls of one model from several threads of a process run one after the other.",
     "Use two processes, or different models, on machines with two engines."},
    {"PF-7", kFolklore, "erwinzhang7/coreml-compute-placement",
     "Throughput rises with the batch until arithmetic is the limit: 1 to 8 for convolutions, more "
     "for small networks.",
     "Measure several batches (recommendation batch)."},
    {"PF-8", kMeasured, "751K microarchitecture study",
     "Two engines (M6, Ultra) give 1.92 times the speed where arithmetic is the limit, 1.0 to 1.4 "
     "times where weights are.",
     ""},
    {"CP-2", kMeasured,
     "erwinzhang7/coreml-compute-placement; 751K microarchitecture study; coremltools #2758",
     "A failed compilation is silent: the model runs elsewhere, and only the system's log says so. "
     "It can also hang the system's daemon.",
     "Watch the log while loading, set a time limit, and check where the model runs."},
    {"CP-2b", kMeasured, "coremltools #2758",
     "A model of 667 MB loaded in 140 s although its compilation had failed; the first prediction "
     "killed the process.",
     "Profile in a child process; try the GPU after a kill."},
    {"CP-4", kMeasured, "751K microarchitecture study",
     "Asking for a compute plan compiles the model, with up to 11.7 GB of memory.",
     "Ask in a process with limits."},
    {"CP-5", kMeasured, "maderix/ANE; skyfallsin, field guide (private interface)",
     "A process holds at most about 119 compiled programs.", ""},
    {"CP-6", kMeasured, "speech-swift #286",
     "Virtual machines have no usable Neural Engine: loading for all compute units may hang.",
     "Use CPU and GPU in virtual machines, a real Mac for the Neural Engine."},
}};

}  // namespace

std::span<const Note> notes() { return kNotes; }

}  // namespace anemon::models
