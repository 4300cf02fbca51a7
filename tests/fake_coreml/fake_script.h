// What the fake's parts share.
#pragma once

#import <CoreML/CoreML.h>

#include "tests/fake_coreml/fake_coreml.h"

namespace fake_coreml {

// Raises, or sets `error`, as scripted; false: the step fails.
bool goes_well(const Fault& fault, NSError** error);
NSError* make_error(const Failure& failure);
NSString* to_nsstring(const std::string& text);
NSArray<NSNumber*>* to_numbers(const std::vector<long>& numbers);

std::vector<double> read_numbers(MLMultiArray* array);
void write_numbers(MLMultiArray* array, const std::vector<double>& numbers);
std::vector<double> read_pixels(CVPixelBufferRef image);  // planes of red, green, blue
CVPixelBufferRef make_pixels(const Feature& feature, const std::vector<double>& planes);

}  // namespace fake_coreml
