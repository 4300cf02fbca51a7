#pragma once

#import <CoreML/MLMultiArray.h>

typedef NS_ENUM(NSInteger, MLFeatureType) {
  MLFeatureTypeInvalid = 0,
  MLFeatureTypeInt64 = 1,
  MLFeatureTypeDouble = 2,
  MLFeatureTypeString = 3,
  MLFeatureTypeImage = 4,
  MLFeatureTypeMultiArray = 5,
  MLFeatureTypeDictionary = 6,
  MLFeatureTypeSequence = 7,
  MLFeatureTypeState = 8,
};

@interface MLSequence : FakeObject {
  MLFeatureType type_;
  NSArray* values_;
}
@property(readonly, nonatomic) MLFeatureType type;
@property(readonly, nonatomic) NSArray<NSString*>* stringValues;
@property(readonly, nonatomic) NSArray<NSNumber*>* int64Values;
+ (instancetype)sequenceWithStringArray:(NSArray<NSString*>*)values;
+ (instancetype)sequenceWithInt64Array:(NSArray<NSNumber*>*)values;
@end

@interface MLFeatureValue : FakeObject {
  MLFeatureType type_;
  id object_;  // number, string, array, dictionary or sequence
  CVPixelBufferRef image_;
}
@property(readonly, nonatomic) MLFeatureType type;
@property(readonly, nonatomic, getter=isUndefined) BOOL undefined;
@property(readonly, nonatomic) int64_t int64Value;
@property(readonly, nonatomic) double doubleValue;
@property(readonly, nonatomic) NSString* stringValue;
@property(readonly, nonatomic) MLMultiArray* multiArrayValue;
@property(readonly, nonatomic) NSDictionary* dictionaryValue;
@property(readonly, nonatomic) CVPixelBufferRef imageBufferValue;
@property(readonly, nonatomic) MLSequence* sequenceValue;
+ (instancetype)featureValueWithInt64:(int64_t)value;
+ (instancetype)featureValueWithDouble:(double)value;
+ (instancetype)featureValueWithString:(NSString*)value;
+ (instancetype)featureValueWithMultiArray:(MLMultiArray*)value;
+ (instancetype)featureValueWithPixelBuffer:(CVPixelBufferRef)value;
+ (instancetype)featureValueWithSequence:(MLSequence*)value;
+ (instancetype)undefinedFeatureValueWithType:(MLFeatureType)type;
+ (instancetype)featureValueWithDictionary:(NSDictionary*)value error:(NSError**)error;
@end

@protocol MLFeatureProvider
@property(readonly, nonatomic) NSSet<NSString*>* featureNames;
- (MLFeatureValue*)featureValueForName:(NSString*)name;
@end

@interface MLDictionaryFeatureProvider : FakeObject <MLFeatureProvider> {
  NSDictionary* values_;
}
- (instancetype)initWithDictionary:(NSDictionary<NSString*, id>*)dictionary error:(NSError**)error;
@end

@protocol MLBatchProvider
@property(readonly, nonatomic) NSInteger count;
- (id<MLFeatureProvider>)featuresAtIndex:(NSInteger)index;
@end

@interface MLArrayBatchProvider : FakeObject <MLBatchProvider> {
  NSArray* providers_;
}
- (instancetype)initWithFeatureProviderArray:(NSArray<id<MLFeatureProvider>>*)providers;
@end
