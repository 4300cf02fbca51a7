#pragma once

#import <CoreML/MLFeatureValue.h>
#import <CoreML/MLModelDescription.h>

typedef NS_ENUM(NSInteger, MLComputeUnits) {
  MLComputeUnitsCPUOnly = 0,
  MLComputeUnitsCPUAndGPU = 1,
  MLComputeUnitsAll = 2,
  MLComputeUnitsCPUAndNeuralEngine = 3,
};

@interface MLModelConfiguration : FakeObject {
  MLComputeUnits units_;
  NSString* function_;
}
@property(readwrite) MLComputeUnits computeUnits;
@property(readwrite, copy, nonatomic) NSString* functionName;  // macOS 15
@end

@interface MLModel : FakeObject {
  MLModelDescription* description_;
}
@property(readonly, nonatomic) MLModelDescription* modelDescription;
+ (NSURL*)compileModelAtURL:(NSURL*)url error:(NSError**)error;
+ (instancetype)modelWithContentsOfURL:(NSURL*)url
                         configuration:(MLModelConfiguration*)configuration
                                 error:(NSError**)error;
- (id<MLFeatureProvider>)predictionFromFeatures:(id<MLFeatureProvider>)input error:(NSError**)error;
- (id<MLBatchProvider>)predictionsFromBatch:(id<MLBatchProvider>)batch error:(NSError**)error;
@end
