// Core ML as far as profiler/coreml/*_apple.mm needs it, under its real names and with its real
// numbers. What it does is scripted: fake_coreml.h.
#pragma once

#import <CoreML/MLComputePlan.h>
#import <CoreML/MLFeatureValue.h>
#import <CoreML/MLModel.h>
#import <CoreML/MLModelDescription.h>
#import <CoreML/MLMultiArray.h>
#import <CoreML/MLState.h>
