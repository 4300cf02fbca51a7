// Arrays, values and providers.
#include <cstdlib>
#include <cstring>

#import "tests/fake_coreml/fake_script.h"

namespace {

constexpr NSInteger kRow = 16;  // elements to which padded rows are rounded up

NSInteger bytes_of(MLMultiArrayDataType type) { return (static_cast<NSInteger>(type) & 0xFF) / 8; }

// The fake's own idea of a half, for normal numbers and zero.
double from_half(uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F;
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 0) return sign * static_cast<double>(bits & 0x3FF) * 0x1p-24;
  return sign * (1024.0 + (bits & 0x3FF)) * __builtin_ldexp(1.0, exponent - 25);
}

uint16_t to_half(double number) {
  if (number == 0) return 0;
  int exponent = 0;
  const double fraction = __builtin_frexp(number < 0 ? -number : number, &exponent);
  const auto mantissa = static_cast<uint16_t>(fraction * 2048.0 + 0.5) - 1024;
  return static_cast<uint16_t>((number < 0 ? 0x8000 : 0) | ((exponent + 14) << 10) | mantissa);
}

double element(const void* bytes, size_t index, MLMultiArrayDataType type) {
  switch (static_cast<long>(type)) {
    case fake_coreml::kHalf:
      return from_half(static_cast<const uint16_t*>(bytes)[index]);
    case fake_coreml::kFloat:
      return static_cast<double>(static_cast<const float*>(bytes)[index]);
    case fake_coreml::kDouble:
      return static_cast<const double*>(bytes)[index];
    case fake_coreml::kInt32:
      return static_cast<const int32_t*>(bytes)[index];
    default:
      return static_cast<const int8_t*>(bytes)[index];
  }
}

void set_element(void* bytes, size_t index, MLMultiArrayDataType type, double number) {
  switch (static_cast<long>(type)) {
    case fake_coreml::kHalf:
      static_cast<uint16_t*>(bytes)[index] = to_half(number);
      break;
    case fake_coreml::kFloat:
      static_cast<float*>(bytes)[index] = static_cast<float>(number);
      break;
    case fake_coreml::kDouble:
      static_cast<double*>(bytes)[index] = number;
      break;
    case fake_coreml::kInt32:
      static_cast<int32_t*>(bytes)[index] = static_cast<int32_t>(number);
      break;
    default:
      static_cast<int8_t*>(bytes)[index] = static_cast<int8_t>(number);
      break;
  }
}

// Where element `flat` of a packed array of this shape lies.
size_t place_of(size_t flat, NSArray* shape, NSArray* strides) {
  size_t place = 0;
  for (NSUInteger i = [shape count]; i > 0; --i) {
    const auto extent = static_cast<size_t>([[shape objectAtIndex:i - 1] integerValue]);
    const auto stride = static_cast<size_t>([[strides objectAtIndex:i - 1] integerValue]);
    place += (flat % extent) * stride;
    flat /= extent;
  }
  return place;
}

}  // namespace

@implementation MLMultiArray
- (void)layOutWithRow:(NSInteger)row {
  NSMutableArray* const strides = [NSMutableArray array];
  NSInteger stride = 1;
  for (NSUInteger i = [shape_ count]; i > 0; --i) {
    [strides insertObject:[NSNumber numberWithInteger:stride] atIndex:0];
    stride *= [[shape_ objectAtIndex:i - 1] integerValue];
    if (i == [shape_ count]) stride = (stride + row - 1) / row * row;
  }
  [strides_ release];
  strides_ = [strides copy];
  bytes_ = stride * bytes_of(type_);
  std::free(memory_);
  memory_ = std::malloc(static_cast<size_t>(bytes_));
  std::memset(memory_, 0x7B, static_cast<size_t>(bytes_));
}
- (instancetype)initWithShape:(NSArray*)shape
                     dataType:(MLMultiArrayDataType)type
                          row:(NSInteger)row {
  self = [super init];
  if (self == nil) return nil;
  shape_ = [shape copy];
  type_ = type;
  [self layOutWithRow:row];
  return self;
}
- (instancetype)initWithShape:(NSArray*)shape
                     dataType:(MLMultiArrayDataType)type
                        error:(NSError**)error {
  (void)error;
  return [self initWithShape:shape dataType:type row:1];
}
- (instancetype)initPaddedWithShape:(NSArray*)shape dataType:(MLMultiArrayDataType)type {
  return [self initWithShape:shape dataType:type row:kRow];
}
- (void)dealloc {
  [shape_ release];
  [strides_ release];
  std::free(memory_);
  [super dealloc];
}
- (MLMultiArrayDataType)dataType {
  return type_;
}
- (NSArray*)shape {
  return shape_;
}
- (NSArray*)strides {
  return strides_;
}
- (NSInteger)count {
  NSInteger count = 1;
  for (NSNumber* extent in shape_) count *= [extent integerValue];
  return count;
}
- (void)getBytesWithHandler:(void (^)(const void*, NSInteger))handler {
  handler(memory_, bytes_);
}
- (void)getMutableBytesWithHandler:(void (^)(void*, NSInteger, NSArray<NSNumber*>*))handler {
  if (fake_coreml::script().moving_arrays) [self layOutWithRow:kRow];
  handler(memory_, bytes_, strides_);
}
@end

@implementation MLSequence
+ (instancetype)sequenceOfType:(MLFeatureType)type values:(NSArray*)values {
  MLSequence* const made = [[[self alloc] init] autorelease];
  made->type_ = type;
  made->values_ = [values copy];
  return made;
}
+ (instancetype)sequenceWithStringArray:(NSArray*)values {
  return [self sequenceOfType:MLFeatureTypeString values:values];
}
+ (instancetype)sequenceWithInt64Array:(NSArray*)values {
  return [self sequenceOfType:MLFeatureTypeInt64 values:values];
}
- (void)dealloc {
  [values_ release];
  [super dealloc];
}
- (MLFeatureType)type {
  return type_;
}
- (NSArray*)stringValues {
  return values_;
}
- (NSArray*)int64Values {
  return values_;
}
@end

@implementation MLFeatureValue
+ (instancetype)valueOfType:(MLFeatureType)type object:(id)object {
  MLFeatureValue* const made = [[[self alloc] init] autorelease];
  made->type_ = type;
  made->object_ = [object retain];
  return made;
}
+ (instancetype)featureValueWithInt64:(int64_t)value {
  return [self valueOfType:MLFeatureTypeInt64 object:[NSNumber numberWithLongLong:value]];
}
+ (instancetype)featureValueWithDouble:(double)value {
  return [self valueOfType:MLFeatureTypeDouble object:[NSNumber numberWithDouble:value]];
}
+ (instancetype)featureValueWithString:(NSString*)value {
  return [self valueOfType:MLFeatureTypeString object:value];
}
+ (instancetype)featureValueWithMultiArray:(MLMultiArray*)value {
  return [self valueOfType:MLFeatureTypeMultiArray object:value];
}
+ (instancetype)featureValueWithSequence:(MLSequence*)value {
  return [self valueOfType:MLFeatureTypeSequence object:value];
}
+ (instancetype)undefinedFeatureValueWithType:(MLFeatureType)type {
  return [self valueOfType:type object:nil];
}
+ (instancetype)featureValueWithPixelBuffer:(CVPixelBufferRef)value {
  MLFeatureValue* const made = [self valueOfType:MLFeatureTypeImage object:nil];
  made->image_ = CVPixelBufferRetain(value);
  return made;
}
+ (instancetype)featureValueWithDictionary:(NSDictionary*)value error:(NSError**)error {
  if ([value count] == 0) {
    *error = fake_coreml::make_error({"com.apple.CoreML", 1, "an empty dictionary"});
    return nil;
  }
  return [self valueOfType:MLFeatureTypeDictionary object:value];
}
- (void)dealloc {
  [object_ release];
  CVPixelBufferRelease(image_);
  [super dealloc];
}
- (MLFeatureType)type {
  return type_;
}
- (BOOL)isUndefined {
  return object_ == nil && image_ == nullptr;
}
- (int64_t)int64Value {
  return [object_ longLongValue];
}
- (double)doubleValue {
  return [object_ doubleValue];
}
- (NSString*)stringValue {
  return object_;
}
- (MLMultiArray*)multiArrayValue {
  return object_;
}
- (NSDictionary*)dictionaryValue {
  return object_;
}
- (CVPixelBufferRef)imageBufferValue {
  return image_;
}
- (MLSequence*)sequenceValue {
  return object_;
}
@end

@implementation MLDictionaryFeatureProvider
- (instancetype)initWithDictionary:(NSDictionary*)dictionary error:(NSError**)error {
  // An exception leaves before the object counts: nobody could release it.
  const bool well = fake_coreml::goes_well(fake_coreml::script().inputs_fault, error);
  self = [super init];
  if (!well) {
    [self release];
    return nil;
  }
  values_ = [dictionary copy];
  return self;
}
- (void)dealloc {
  [values_ release];
  [super dealloc];
}
- (NSSet*)featureNames {
  return [NSSet setWithArray:[values_ allKeys]];
}
- (MLFeatureValue*)featureValueForName:(NSString*)name {
  return [values_ objectForKey:name];
}
@end

@implementation MLArrayBatchProvider
- (instancetype)initWithFeatureProviderArray:(NSArray*)providers {
  self = [super init];
  providers_ = [providers copy];
  return self;
}
- (void)dealloc {
  [providers_ release];
  [super dealloc];
}
- (NSInteger)count {
  return static_cast<NSInteger>([providers_ count]);
}
- (id<MLFeatureProvider>)featuresAtIndex:(NSInteger)index {
  return [providers_ objectAtIndex:static_cast<NSUInteger>(index)];
}
@end

namespace fake_coreml {

std::vector<double> read_numbers(MLMultiArray* array) {
  __block std::vector<double> numbers(static_cast<size_t>(array.count));
  [array getBytesWithHandler:^(const void* bytes, NSInteger) {
    for (size_t i = 0; i < numbers.size(); ++i) {
      numbers[i] = element(bytes, place_of(i, array.shape, array.strides), array.dataType);
    }
  }];
  return numbers;
}

void write_numbers(MLMultiArray* array, const std::vector<double>& numbers) {
  const std::vector<double>* const given = &numbers;
  [array getMutableBytesWithHandler:^(void* bytes, NSInteger, NSArray* strides) {
    for (size_t i = 0; i < static_cast<size_t>(array.count); ++i) {
      set_element(bytes, place_of(i, array.shape, strides), array.dataType,
                  i < given->size() ? (*given)[i] : 0);
    }
  }];
}

}  // namespace fake_coreml
