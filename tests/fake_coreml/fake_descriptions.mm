// What a model says of its inputs and outputs.
#import "tests/fake_coreml/fake_script.h"

namespace {

NSRange range_of(const fake_coreml::Feature& feature, size_t dimension) {
  const auto& [lower, length] = feature.ranges.at(dimension);
  return NSMakeRange(static_cast<NSUInteger>(lower), length);
}

NSDictionary* describe(const std::vector<fake_coreml::Feature>& features) {
  NSMutableDictionary* const described = [NSMutableDictionary dictionary];
  for (const fake_coreml::Feature& feature : features) {
    [described setObject:[[[MLFeatureDescription alloc] initWithFeature:&feature] autorelease]
                  forKey:fake_coreml::to_nsstring(feature.name)];
  }
  return described;
}

}  // namespace

@implementation FakeDescribed
- (instancetype)initWithFeature:(const fake_coreml::Feature*)feature {
  self = [super init];
  feature_ = feature;
  return self;
}
@end

@implementation MLMultiArrayShapeConstraint
- (MLMultiArrayShapeConstraintType)type {
  if (!feature_->ranges.empty()) return MLMultiArrayShapeConstraintTypeRange;
  return feature_->enumerated.empty() ? MLMultiArrayShapeConstraintTypeUnspecified
                                      : MLMultiArrayShapeConstraintTypeEnumerated;
}
- (NSArray*)sizeRangeForDimension {
  NSMutableArray* const ranges = [NSMutableArray array];
  for (size_t i = 0; i < feature_->ranges.size(); ++i) {
    [ranges addObject:[NSValue valueWithRange:range_of(*feature_, i)]];
  }
  return ranges;
}
- (NSArray*)enumeratedShapes {
  NSMutableArray* const shapes = [NSMutableArray array];
  for (const auto& shape : feature_->enumerated) {
    [shapes addObject:fake_coreml::to_numbers(shape)];
  }
  return shapes;
}
@end

@implementation MLMultiArrayConstraint
- (NSArray*)shape {
  return fake_coreml::to_numbers(feature_->shape);
}
- (MLMultiArrayDataType)dataType {
  return static_cast<MLMultiArrayDataType>(feature_->dtype);
}
- (MLMultiArrayShapeConstraint*)shapeConstraint {
  return [[[MLMultiArrayShapeConstraint alloc] initWithFeature:feature_] autorelease];
}
@end

@implementation MLImageSize
- (instancetype)initWithHigh:(NSInteger)high wide:(NSInteger)wide {
  self = [super init];
  high_ = high;
  wide_ = wide;
  return self;
}
- (NSInteger)pixelsWide {
  return wide_;
}
- (NSInteger)pixelsHigh {
  return high_;
}
@end

@implementation MLImageSizeConstraint
- (MLImageSizeConstraintType)type {
  if (!feature_->ranges.empty()) return MLImageSizeConstraintTypeRange;
  return feature_->enumerated.empty() ? MLImageSizeConstraintTypeUnspecified
                                      : MLImageSizeConstraintTypeEnumerated;
}
- (NSRange)pixelsHighRange {
  return range_of(*feature_, 0);
}
- (NSRange)pixelsWideRange {
  return range_of(*feature_, 1);
}
- (NSArray*)enumeratedImageSizes {
  NSMutableArray* const sizes = [NSMutableArray array];
  for (const auto& shape : feature_->enumerated) {
    [sizes addObject:[[[MLImageSize alloc] initWithHigh:shape[0] wide:shape[1]] autorelease]];
  }
  return sizes;
}
@end

@implementation MLImageConstraint
- (NSInteger)pixelsHigh {
  return feature_->shape[0];
}
- (NSInteger)pixelsWide {
  return feature_->shape[1];
}
- (OSType)pixelFormatType {
  return feature_->pixels;
}
- (MLImageSizeConstraint*)sizeConstraint {
  return [[[MLImageSizeConstraint alloc] initWithFeature:feature_] autorelease];
}
@end

@implementation MLDictionaryConstraint
- (MLFeatureType)keyType {
  return static_cast<MLFeatureType>(feature_->element);
}
@end

@implementation MLStateConstraint
- (NSArray*)bufferShape {
  return fake_coreml::to_numbers(feature_->shape);
}
- (MLMultiArrayDataType)dataType {
  return static_cast<MLMultiArrayDataType>(feature_->dtype);
}
@end

// A description of another type than its feature's: a sequence's elements.
@interface FakeElementDescription : MLFeatureDescription
@end
@implementation FakeElementDescription
- (MLFeatureType)type {
  return static_cast<MLFeatureType>(feature_->element);
}
@end

@implementation MLSequenceConstraint
- (MLFeatureDescription*)valueDescription {
  return [[[FakeElementDescription alloc] initWithFeature:feature_] autorelease];
}
@end

@implementation MLFeatureDescription
- (MLFeatureType)type {
  return static_cast<MLFeatureType>(feature_->kind);
}
- (BOOL)isOptional {
  return feature_->optional;
}
- (MLMultiArrayConstraint*)multiArrayConstraint {
  return [[[MLMultiArrayConstraint alloc] initWithFeature:feature_] autorelease];
}
- (MLImageConstraint*)imageConstraint {
  return [[[MLImageConstraint alloc] initWithFeature:feature_] autorelease];
}
- (MLDictionaryConstraint*)dictionaryConstraint {
  return [[[MLDictionaryConstraint alloc] initWithFeature:feature_] autorelease];
}
- (MLSequenceConstraint*)sequenceConstraint {
  return [[[MLSequenceConstraint alloc] initWithFeature:feature_] autorelease];
}
- (MLStateConstraint*)stateConstraint {
  return [[[MLStateConstraint alloc] initWithFeature:feature_] autorelease];
}
@end

@implementation MLModelDescription
- (NSDictionary*)inputDescriptionsByName {
  return describe(fake_coreml::script().inputs);
}
- (NSDictionary*)outputDescriptionsByName {
  return describe(fake_coreml::script().outputs);
}
- (NSDictionary*)stateDescriptionsByName {
  return describe(fake_coreml::script().states);
}
@end
