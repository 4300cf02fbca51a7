// MLComputePlan, from the script's structure.
#include <thread>

#import <objc/blocks_runtime.h>

#import "tests/fake_coreml/fake_script.h"

namespace {

using fake_coreml::Operation;
using fake_coreml::script;
using fake_coreml::to_nsstring;

using Handler = void (^)(MLComputePlan*, NSError*);

id device_of(char letter) {
  switch (letter) {
    case 'a':
      return [[[MLNeuralEngineComputeDevice alloc] init] autorelease];
    case 'g':
      return [[[MLGPUComputeDevice alloc] init] autorelease];
    default:
      return [[[MLCPUComputeDevice alloc] init] autorelease];
  }
}

MLModelStructureProgramBlock* block_of(const std::vector<Operation>& operations) {
  NSMutableArray* const made = [NSMutableArray array];
  for (const Operation& operation : operations) {
    [made addObject:[[[MLModelStructureProgramOperation alloc] initWithOperation:&operation]
                        autorelease]];
  }
  return [[[MLModelStructureProgramBlock alloc] initWithOperations:made] autorelease];
}

MLComputePlanDeviceUsage* usage_of(const Operation* operation) {
  if (operation->preferred == 0) return nil;
  return [[[MLComputePlanDeviceUsage alloc] initWithOperation:operation] autorelease];
}

void answer(Handler handler) {
  @autoreleasepool {
    NSError* error = nil;
    if (fake_coreml::goes_well(script().plan, &error)) {
      handler([[[MLComputePlan alloc] init] autorelease], nil);
    } else {
      handler(nil, error);
    }
  }
}

Handler& kept_handler() {
  static Handler kept = nullptr;
  return kept;
}

}  // namespace

@implementation MLCPUComputeDevice
@end
@implementation MLGPUComputeDevice
@end
@implementation MLNeuralEngineComputeDevice
@end

@implementation FakePlanned
- (instancetype)initWithOperation:(const Operation*)operation {
  self = [super init];
  operation_ = operation;
  return self;
}
@end

@implementation MLModelStructureNeuralNetworkLayer
- (NSString*)name {
  return to_nsstring(operation_->name);
}
- (NSString*)type {
  return to_nsstring(operation_->type);
}
@end

@implementation MLModelStructureProgramNamedValueType
- (instancetype)initWithName:(NSString*)name {
  self = [super init];
  name_ = [name copy];
  return self;
}
- (void)dealloc {
  [name_ release];
  [super dealloc];
}
- (NSString*)name {
  return name_;
}
@end

@implementation MLModelStructureProgramBlock
- (instancetype)initWithOperations:(NSArray*)operations {
  self = [super init];
  operations_ = [operations copy];
  return self;
}
- (void)dealloc {
  [operations_ release];
  [super dealloc];
}
- (NSArray*)operations {
  return operations_;
}
@end

@implementation MLModelStructureProgramOperation
- (NSString*)operatorName {
  return to_nsstring(operation_->type);
}
- (NSArray*)outputs {
  if (operation_->name.empty()) return [NSArray array];
  return [NSArray arrayWithObject:[[[MLModelStructureProgramNamedValueType alloc]
                                      initWithName:to_nsstring(operation_->name)] autorelease]];
}
- (NSArray*)blocks {
  NSMutableArray* const blocks = [NSMutableArray array];
  for (const auto& block : operation_->blocks) [blocks addObject:block_of(block)];
  return blocks;
}
@end

@implementation FakeStructured
- (instancetype)initWithStructure:(const fake_coreml::Structure*)structure {
  self = [super init];
  structure_ = structure;
  return self;
}
@end

@implementation MLModelStructureNeuralNetwork
- (NSArray*)layers {
  NSMutableArray* const layers = [NSMutableArray array];
  for (const Operation& layer : structure_->layers) {
    [layers addObject:[[[MLModelStructureNeuralNetworkLayer alloc] initWithOperation:&layer]
                          autorelease]];
  }
  return layers;
}
@end

// The function's own operations; `structure_` is the program's.
@interface FakeFunction : MLModelStructureProgramFunction {
  NSString* name_;
}
- (instancetype)initWithStructure:(const fake_coreml::Structure*)structure name:(NSString*)name;
@end

@implementation MLModelStructureProgramFunction
- (MLModelStructureProgramBlock*)block {
  return nil;
}
@end

@implementation FakeFunction
- (instancetype)initWithStructure:(const fake_coreml::Structure*)structure name:(NSString*)name {
  self = [super initWithStructure:structure];
  name_ = [name copy];
  return self;
}
- (void)dealloc {
  [name_ release];
  [super dealloc];
}
- (MLModelStructureProgramBlock*)block {
  return block_of(structure_->program.at([name_ UTF8String]));
}
@end

@implementation MLModelStructureProgram
- (NSDictionary*)functions {
  NSMutableDictionary* const functions = [NSMutableDictionary dictionary];
  for (const auto& [name, operations] : structure_->program) {
    [functions setObject:[[[FakeFunction alloc] initWithStructure:structure_
                                                             name:to_nsstring(name)] autorelease]
                  forKey:to_nsstring(name)];
  }
  return functions;
}
@end

@implementation MLModelStructurePipeline
- (NSArray*)subModelNames {
  NSMutableArray* const names = [NSMutableArray array];
  for (const auto& member : structure_->members) [names addObject:to_nsstring(member.name)];
  return names;
}
- (NSArray*)subModels {
  NSMutableArray* const models = [NSMutableArray array];
  for (const auto& member : structure_->members) {
    [models addObject:[[[MLModelStructure alloc] initWithStructure:&member] autorelease]];
  }
  return models;
}
@end

@implementation MLModelStructure
- (MLModelStructureNeuralNetwork*)neuralNetwork {
  if (structure_->layers.empty()) return nil;
  return [[[MLModelStructureNeuralNetwork alloc] initWithStructure:structure_] autorelease];
}
- (MLModelStructureProgram*)program {
  if (structure_->program.empty()) return nil;
  return [[[MLModelStructureProgram alloc] initWithStructure:structure_] autorelease];
}
- (MLModelStructurePipeline*)pipeline {
  if (structure_->members.empty()) return nil;
  return [[[MLModelStructurePipeline alloc] initWithStructure:structure_] autorelease];
}
@end

@implementation MLComputePlanCost
- (double)weight {
  return operation_->cost.value_or(0);
}
@end

@implementation MLComputePlanDeviceUsage
- (NSArray*)supportedComputeDevices {
  NSMutableArray* const devices = [NSMutableArray array];
  for (const char letter : operation_->supported) [devices addObject:device_of(letter)];
  return devices;
}
- (id)preferredComputeDevice {
  return device_of(operation_->preferred);
}
@end

@implementation MLComputePlan
+ (void)loadContentsOfURL:(NSURL*)url
            configuration:(MLModelConfiguration*)configuration
        completionHandler:(void (^)(MLComputePlan*, NSError*))handler {
  fake_coreml::record().loaded.push_back([[url path] UTF8String]);
  fake_coreml::record().units.push_back(configuration.computeUnits);
  switch (script().answer) {
    case fake_coreml::Script::Answer::at_once:
      answer(handler);
      break;
    case fake_coreml::Script::Answer::from_a_thread: {
      Handler copy = Block_copy(handler);
      std::thread([copy] {
        GSRegisterCurrentThread();
        answer(copy);
        Block_release(copy);
        GSUnregisterCurrentThread();
      }).detach();
      break;
    }
    case fake_coreml::Script::Answer::later:
      kept_handler() = Block_copy(handler);
      break;
    case fake_coreml::Script::Answer::never:
      break;
  }
}
- (MLModelStructure*)modelStructure {
  return [[[MLModelStructure alloc] initWithStructure:&script().structure] autorelease];
}
- (MLComputePlanCost*)estimatedCostOfMLProgramOperation:
    (MLModelStructureProgramOperation*)operation {
  if (!operation->operation_->cost) return nil;
  return [[[MLComputePlanCost alloc] initWithOperation:operation->operation_] autorelease];
}
- (MLComputePlanDeviceUsage*)computeDeviceUsageForNeuralNetworkLayer:
    (MLModelStructureNeuralNetworkLayer*)layer {
  return usage_of(layer->operation_);
}
- (MLComputePlanDeviceUsage*)computeDeviceUsageForMLProgramOperation:
    (MLModelStructureProgramOperation*)operation {
  return usage_of(operation->operation_);
}
@end

namespace fake_coreml {

void answer_now() {
  @autoreleasepool {
    answer(kept_handler());
    Block_release(kept_handler());
    kept_handler() = nullptr;
  }
}

}  // namespace fake_coreml
