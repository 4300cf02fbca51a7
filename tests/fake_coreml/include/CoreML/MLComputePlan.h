#pragma once

#import <CoreML/MLModel.h>

namespace fake_coreml {
struct Operation;
struct Structure;
}  // namespace fake_coreml

@protocol MLComputeDeviceProtocol <NSObject>
@end
@interface MLCPUComputeDevice : FakeObject <MLComputeDeviceProtocol>
@end
@interface MLGPUComputeDevice : FakeObject <MLComputeDeviceProtocol>
@end
@interface MLNeuralEngineComputeDevice : FakeObject <MLComputeDeviceProtocol>
@end

// Each reads a part of the script, which outlives it.
@interface FakePlanned : FakeObject {
 @public
  const fake_coreml::Operation* operation_;
}
- (instancetype)initWithOperation:(const fake_coreml::Operation*)operation;
@end

@interface MLModelStructureNeuralNetworkLayer : FakePlanned
@property(readonly, copy, nonatomic) NSString* name;
@property(readonly, copy, nonatomic) NSString* type;
@end

@interface MLModelStructureProgramNamedValueType : FakeObject {
  NSString* name_;
}
@property(readonly, copy, nonatomic) NSString* name;
- (instancetype)initWithName:(NSString*)name;
@end

@class MLModelStructureProgramOperation;
@interface MLModelStructureProgramBlock : FakeObject {
  NSArray* operations_;
}
@property(readonly, copy, nonatomic) NSArray<MLModelStructureProgramOperation*>* operations;
- (instancetype)initWithOperations:(NSArray*)operations;
@end

@interface MLModelStructureProgramOperation : FakePlanned
@property(readonly, copy, nonatomic) NSString* operatorName;
@property(readonly, copy, nonatomic) NSArray<MLModelStructureProgramNamedValueType*>* outputs;
@property(readonly, copy, nonatomic) NSArray<MLModelStructureProgramBlock*>* blocks;
@end

@interface FakeStructured : FakeObject {
  const fake_coreml::Structure* structure_;
}
- (instancetype)initWithStructure:(const fake_coreml::Structure*)structure;
@end

@interface MLModelStructureNeuralNetwork : FakeStructured
@property(readonly, copy, nonatomic) NSArray<MLModelStructureNeuralNetworkLayer*>* layers;
@end

@interface MLModelStructureProgramFunction : FakeStructured
@property(readonly, strong, nonatomic) MLModelStructureProgramBlock* block;
@end

@interface MLModelStructureProgram : FakeStructured
@property(readonly, copy, nonatomic)
    NSDictionary<NSString*, MLModelStructureProgramFunction*>* functions;
@end

@class MLModelStructure;
@interface MLModelStructurePipeline : FakeStructured
@property(readonly, copy, nonatomic) NSArray<NSString*>* subModelNames;
@property(readonly, copy, nonatomic) NSArray<MLModelStructure*>* subModels;
@end

@interface MLModelStructure : FakeStructured
@property(readonly, strong, nonatomic) MLModelStructureNeuralNetwork* neuralNetwork;
@property(readonly, strong, nonatomic) MLModelStructureProgram* program;
@property(readonly, strong, nonatomic) MLModelStructurePipeline* pipeline;
@end

@interface MLComputePlanCost : FakePlanned
@property(readonly, assign, nonatomic) double weight;
@end

@interface MLComputePlanDeviceUsage : FakePlanned
@property(readonly, copy, nonatomic) NSArray<id<MLComputeDeviceProtocol>>* supportedComputeDevices;
@property(readonly, strong, nonatomic) id<MLComputeDeviceProtocol> preferredComputeDevice;
@end

@interface MLComputePlan : FakeObject
@property(readonly, strong, nonatomic) MLModelStructure* modelStructure;
+ (void)loadContentsOfURL:(NSURL*)url
            configuration:(MLModelConfiguration*)configuration
        completionHandler:(void (^)(MLComputePlan* plan, NSError* error))handler;
- (MLComputePlanCost*)estimatedCostOfMLProgramOperation:
    (MLModelStructureProgramOperation*)operation;
- (MLComputePlanDeviceUsage*)computeDeviceUsageForNeuralNetworkLayer:
    (MLModelStructureNeuralNetworkLayer*)layer;
- (MLComputePlanDeviceUsage*)computeDeviceUsageForMLProgramOperation:
    (MLModelStructureProgramOperation*)operation;
@end
