#pragma once

#import <CoreML/MLFeatureValue.h>

namespace fake_coreml {
struct Feature;
}

typedef NS_ENUM(NSInteger, MLMultiArrayShapeConstraintType) {
  MLMultiArrayShapeConstraintTypeUnspecified = 1,
  MLMultiArrayShapeConstraintTypeEnumerated = 2,
  MLMultiArrayShapeConstraintTypeRange = 3,
};
typedef NS_ENUM(NSInteger, MLImageSizeConstraintType) {
  MLImageSizeConstraintTypeUnspecified = 0,
  MLImageSizeConstraintTypeEnumerated = 2,
  MLImageSizeConstraintTypeRange = 3,
};

// A description and all its constraints read one scripted feature, which outlives them.
@interface FakeDescribed : FakeObject {
  const fake_coreml::Feature* feature_;
}
- (instancetype)initWithFeature:(const fake_coreml::Feature*)feature;
@end

@interface MLMultiArrayShapeConstraint : FakeDescribed
@property(readonly, nonatomic) MLMultiArrayShapeConstraintType type;
@property(readonly, nonatomic) NSArray<NSValue*>* sizeRangeForDimension;
@property(readonly, nonatomic) NSArray<NSArray<NSNumber*>*>* enumeratedShapes;
@end

@interface MLMultiArrayConstraint : FakeDescribed
@property(readonly, nonatomic) NSArray<NSNumber*>* shape;
@property(readonly, nonatomic) MLMultiArrayDataType dataType;
@property(readonly, nonatomic) MLMultiArrayShapeConstraint* shapeConstraint;
@end

@interface MLImageSize : FakeObject {
  NSInteger high_;
  NSInteger wide_;
}
@property(readonly) NSInteger pixelsWide;
@property(readonly) NSInteger pixelsHigh;
- (instancetype)initWithHigh:(NSInteger)high wide:(NSInteger)wide;
@end

@interface MLImageSizeConstraint : FakeDescribed
@property(readonly, nonatomic) MLImageSizeConstraintType type;
@property(readonly, nonatomic) NSRange pixelsWideRange;
@property(readonly, nonatomic) NSRange pixelsHighRange;
@property(readonly, nonatomic) NSArray<MLImageSize*>* enumeratedImageSizes;
@end

@interface MLImageConstraint : FakeDescribed
@property(readonly, nonatomic) NSInteger pixelsHigh;
@property(readonly, nonatomic) NSInteger pixelsWide;
@property(readonly, nonatomic) OSType pixelFormatType;
@property(readonly, nonatomic) MLImageSizeConstraint* sizeConstraint;
@end

@interface MLDictionaryConstraint : FakeDescribed
@property(readonly, nonatomic) MLFeatureType keyType;
@end

@interface MLStateConstraint : FakeDescribed
@property(readonly, nonatomic) NSArray<NSNumber*>* bufferShape;
@property(readonly, nonatomic) MLMultiArrayDataType dataType;
@end

@class MLFeatureDescription;
@interface MLSequenceConstraint : FakeDescribed
@property(readonly, nonatomic) MLFeatureDescription* valueDescription;
@end

@interface MLFeatureDescription : FakeDescribed
@property(readonly, nonatomic) MLFeatureType type;
@property(readonly, nonatomic, getter=isOptional) BOOL optional;
@property(readonly, nonatomic) MLMultiArrayConstraint* multiArrayConstraint;
@property(readonly, nonatomic) MLImageConstraint* imageConstraint;
@property(readonly, nonatomic) MLDictionaryConstraint* dictionaryConstraint;
@property(readonly, nonatomic) MLSequenceConstraint* sequenceConstraint;
@property(readonly, nonatomic) MLStateConstraint* stateConstraint;  // macOS 15
@end

@interface MLModelDescription : FakeObject
@property(readonly, nonatomic)
    NSDictionary<NSString*, MLFeatureDescription*>* inputDescriptionsByName;
@property(readonly, nonatomic)
    NSDictionary<NSString*, MLFeatureDescription*>* outputDescriptionsByName;
@property(readonly, nonatomic)
    NSDictionary<NSString*, MLFeatureDescription*>* stateDescriptionsByName;  // macOS 15
@end
