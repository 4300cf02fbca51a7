// Networks written as files for measurements.
#pragma once

#include <cstdint>
#include <filesystem>

namespace anemon::bench {

// An old network of residual blocks: convolution, batchnorm, activation, add, over and over.
void write_network(const std::filesystem::path& file, unsigned layers);

// One of dense layers whose weights are `bytes` in all, as holes of the file: no disk is used.
void write_sparse_network(const std::filesystem::path& file, uint64_t bytes);

}  // namespace anemon::bench
