// MLModel: compiles to a directory that holds a copy, loads it, and predicts what the script
// computes.
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#import "tests/fake_coreml/fake_script.h"

namespace {

using fake_coreml::Feature;
using fake_coreml::Kind;
using fake_coreml::record;
using fake_coreml::script;
using fake_coreml::Value;
using fake_coreml::Values;

namespace fs = std::filesystem;

std::string text_of(NSString* text) {
  return text == nil ? std::string() : std::string([text UTF8String]);
}

void call(const std::function<void()>& hook) {
  if (hook) hook();
}

Value read_value(MLFeatureValue* value) {
  Value read;
  switch (value.type) {
    case MLFeatureTypeMultiArray:
      read.numbers = fake_coreml::read_numbers(value.multiArrayValue);
      break;
    case MLFeatureTypeImage:
      read.numbers = fake_coreml::read_pixels(value.imageBufferValue);
      break;
    case MLFeatureTypeInt64:
      read.numbers = {static_cast<double>(value.int64Value)};
      break;
    case MLFeatureTypeDouble:
      read.numbers = {value.doubleValue};
      break;
    case MLFeatureTypeString:
      read.text = text_of(value.stringValue);
      break;
    case MLFeatureTypeDictionary:
      for (id key in value.dictionaryValue) {
        read.dictionary[text_of([key description])] =
            [[value.dictionaryValue objectForKey:key] doubleValue];
      }
      break;
    case MLFeatureTypeSequence:
      if (value.sequenceValue.type == MLFeatureTypeString) {
        for (NSString* text in value.sequenceValue.stringValues) read.text += text_of(text) + ";";
      } else {
        for (NSNumber* number in value.sequenceValue.int64Values) {
          read.numbers.push_back([number doubleValue]);
        }
      }
      break;
    default:
      break;
  }
  return read;
}

MLFeatureValue* sequence_value(const Feature& feature, const Value& value) {
  if (feature.element == Kind::string) {
    NSArray* const texts = [NSArray arrayWithObject:fake_coreml::to_nsstring(value.text)];
    return [MLFeatureValue featureValueWithSequence:[MLSequence sequenceWithStringArray:texts]];
  }
  NSMutableArray* const integers = [NSMutableArray array];
  for (const double number : value.numbers) {
    [integers addObject:[NSNumber numberWithLongLong:static_cast<long long>(number)]];
  }
  return [MLFeatureValue featureValueWithSequence:[MLSequence sequenceWithInt64Array:integers]];
}

MLFeatureValue* array_value(const Feature& feature, const Value& value) {
  NSArray* const shape = fake_coreml::to_numbers(feature.shape);
  const auto type = static_cast<MLMultiArrayDataType>(feature.dtype);
  MLMultiArray* const array =
      script().padded_outputs
          ? [[[MLMultiArray alloc] initPaddedWithShape:shape dataType:type] autorelease]
          : [[[MLMultiArray alloc] initWithShape:shape dataType:type error:nullptr] autorelease];
  fake_coreml::write_numbers(array, value.numbers);
  return [MLFeatureValue featureValueWithMultiArray:array];
}

MLFeatureValue* make_value(const Feature& feature, const Value& value) {
  switch (feature.kind) {
    case Kind::array:
      return array_value(feature, value);
    case Kind::image: {
      CVPixelBufferRef image = fake_coreml::make_pixels(feature, value.numbers);
      MLFeatureValue* const made = [MLFeatureValue featureValueWithPixelBuffer:image];
      CVPixelBufferRelease(image);
      return made;
    }
    case Kind::integer:
      return [MLFeatureValue featureValueWithInt64:static_cast<int64_t>(value.numbers.at(0))];
    case Kind::number:
      return [MLFeatureValue featureValueWithDouble:value.numbers.at(0)];
    case Kind::string:
      return [MLFeatureValue featureValueWithString:fake_coreml::to_nsstring(value.text)];
    case Kind::dictionary: {
      NSMutableDictionary* const entries = [NSMutableDictionary dictionary];
      for (const auto& [key, number] : value.dictionary) {
        id made = feature.element == Kind::integer
                      ? (id)[NSNumber numberWithLongLong:std::stoll(key)]
                      : (id)fake_coreml::to_nsstring(key);
        [entries setObject:[NSNumber numberWithDouble:number] forKey:made];
      }
      return [MLFeatureValue featureValueWithDictionary:entries error:nullptr];
    }
    case Kind::sequence:
      return sequence_value(feature, value);
    default:
      return nil;
  }
}

NSError* refusal(const std::string& text) {
  return fake_coreml::make_error({"com.apple.CoreML", 0, text});
}

// As the framework itself would look at it.
bool takes(const Feature& feature, MLFeatureValue* value, NSError** error) {
  if (value == nil) {
    if (!feature.optional) *error = refusal("Feature " + feature.name + " is required");
    return feature.optional;
  }
  if (static_cast<int>(value.type) != static_cast<int>(feature.kind)) {
    *error = refusal("Feature " + feature.name + " is of another type");
    return false;
  }
  if (feature.kind == Kind::array && value.multiArrayValue.dataType != feature.dtype) {
    *error = refusal("Feature " + feature.name + " is of another element type");
    return false;
  }
  return true;
}

id<MLFeatureProvider> predict(id<MLFeatureProvider> input, MLState* state, NSError** error) {
  Values values;
  for (const Feature& feature : script().inputs) {
    MLFeatureValue* const value =
        [input featureValueForName:fake_coreml::to_nsstring(feature.name)];
    if (!takes(feature, value, error)) return nil;
    if (value != nil) values[feature.name] = read_value(value);
  }
  Values* const computed = &values;
  for (const Feature& feature : script().states) {
    [state getMultiArrayForStateNamed:fake_coreml::to_nsstring(feature.name)
                              handler:^(MLMultiArray* buffer) {
                                (*computed)[feature.name].numbers =
                                    fake_coreml::read_numbers(buffer);
                              }];
  }
  if (script().compute) script().compute(values);
  for (const Feature& feature : script().states) {
    [state
        getMultiArrayForStateNamed:fake_coreml::to_nsstring(feature.name)
                           handler:^(MLMultiArray* buffer) {
                             fake_coreml::write_numbers(buffer, (*computed)[feature.name].numbers);
                           }];
  }
  NSMutableDictionary* const outputs = [NSMutableDictionary dictionary];
  for (const Feature& feature : script().outputs) {
    const auto found = values.find(feature.name);
    NSString* const name = fake_coreml::to_nsstring(feature.name);
    if (found != values.end()) {
      [outputs setObject:make_value(feature, found->second) forKey:name];
    } else if (feature.optional) {
      const auto type = static_cast<MLFeatureType>(feature.kind);
      [outputs setObject:[MLFeatureValue undefinedFeatureValueWithType:type] forKey:name];
    }
  }
  return [[[MLDictionaryFeatureProvider alloc] initWithDictionary:outputs
                                                            error:nullptr] autorelease];
}

}  // namespace

@implementation MLModelConfiguration
- (instancetype)init {
  self = [super init];
  units_ = MLComputeUnitsAll;
  return self;
}
- (void)dealloc {
  [function_ release];
  [super dealloc];
}
- (MLComputeUnits)computeUnits {
  return units_;
}
- (void)setComputeUnits:(MLComputeUnits)units {
  units_ = units;
}
- (NSString*)functionName {
  return function_;
}
- (void)setFunctionName:(NSString*)name {
  if (name != function_) {
    [function_ release];
    function_ = [name copy];
  }
}
@end

@implementation MLModel
+ (NSURL*)compileModelAtURL:(NSURL*)url error:(NSError**)error {
  ++record().compiled;
  call(script().on_compile);
  if (!fake_coreml::goes_well(script().compile, error)) return nil;
  static int made = 0;
  const fs::path model(text_of([url path]));
  const fs::path compiled = fs::temp_directory_path() / "fake_coreml" / std::to_string(::getpid()) /
                            std::to_string(++made) / (model.stem().string() + ".mlmodelc");
  fs::create_directories(compiled);
  fs::copy(model, compiled, fs::copy_options::recursive);
  return [NSURL fileURLWithPath:fake_coreml::to_nsstring(compiled.string())];
}
+ (instancetype)modelWithContentsOfURL:(NSURL*)url
                         configuration:(MLModelConfiguration*)configuration
                                 error:(NSError**)error {
  record().loaded.push_back(text_of([url path]));
  record().units.push_back(configuration.computeUnits);
  record().functions.push_back(text_of(configuration.functionName));
  call(script().on_load);
  if (!fake_coreml::goes_well(script().load, error)) return nil;
  const std::string& function = record().functions.back();
  const auto& known = script().functions;
  if (!function.empty() && std::find(known.begin(), known.end(), function) == known.end()) {
    *error = refusal("The model has no function named " + function);
    return nil;
  }
  return [[[self alloc] init] autorelease];
}
- (instancetype)init {
  self = [super init];
  description_ = [[MLModelDescription alloc] init];
  return self;
}
- (void)dealloc {
  [description_ release];
  [super dealloc];
}
- (MLModelDescription*)modelDescription {
  return description_;
}
- (id<MLFeatureProvider>)predictionFromFeatures:(id<MLFeatureProvider>)input
                                          error:(NSError**)error {
  ++record().single;
  call(script().on_predict);
  if (!fake_coreml::goes_well(script().predict, error)) return nil;
  return predict(input, nil, error);
}
- (id<MLBatchProvider>)predictionsFromBatch:(id<MLBatchProvider>)batch error:(NSError**)error {
  record().batches.push_back(static_cast<size_t>(batch.count));
  call(script().on_predict);
  if (!fake_coreml::goes_well(script().predict, error)) return nil;
  NSMutableArray* const outputs = [NSMutableArray array];
  const NSInteger count = script().batch_results.value_or(batch.count);
  for (NSInteger i = 0; i < count; ++i) {
    const id<MLFeatureProvider> output = predict([batch featuresAtIndex:i], nil, error);
    if (output == nil) return nil;
    [outputs addObject:output];
  }
  return [[[MLArrayBatchProvider alloc] initWithFeatureProviderArray:outputs] autorelease];
}
@end

@implementation MLState
- (instancetype)init {
  self = [super init];
  buffers_ = [[NSMutableDictionary alloc] init];
  for (const Feature& feature : script().states) {
    MLMultiArray* const buffer = [[[MLMultiArray alloc]
        initPaddedWithShape:fake_coreml::to_numbers(feature.shape)
                   dataType:static_cast<MLMultiArrayDataType>(feature.dtype)] autorelease];
    fake_coreml::write_numbers(buffer, {});
    [buffers_ setObject:buffer forKey:fake_coreml::to_nsstring(feature.name)];
  }
  return self;
}
- (void)dealloc {
  [buffers_ release];
  [super dealloc];
}
- (void)getMultiArrayForStateNamed:(NSString*)name handler:(void (^)(MLMultiArray*))handler {
  MLMultiArray* const buffer = [buffers_ objectForKey:name];
  if (buffer == nil) {
    [NSException raise:NSInvalidArgumentException format:@"no state named %@", name];
  }
  handler(buffer);
}
@end

@implementation MLModel (MLState)
- (MLState*)newState {
  return [[MLState alloc] init];
}
- (id<MLFeatureProvider>)predictionFromFeatures:(id<MLFeatureProvider>)input
                                     usingState:(MLState*)state
                                          error:(NSError**)error {
  ++record().single;
  call(script().on_predict);
  if (!fake_coreml::goes_well(script().predict, error)) return nil;
  return predict(input, state, error);
}
@end
