#pragma once

#import <CoreML/FakeObject.h>
#import <CoreVideo/CoreVideo.h>

typedef NS_ENUM(NSInteger, MLMultiArrayDataType) {
  MLMultiArrayDataTypeDouble = 0x10000 | 64,
  MLMultiArrayDataTypeFloat32 = 0x10000 | 32,
  MLMultiArrayDataTypeFloat16 = 0x10000 | 16,
  MLMultiArrayDataTypeInt32 = 0x20000 | 32,
};

@interface MLMultiArray : FakeObject {
  NSArray* shape_;
  NSArray* strides_;
  MLMultiArrayDataType type_;
  void* memory_;
  NSInteger bytes_;
}
@property(readonly, nonatomic) MLMultiArrayDataType dataType;
@property(readonly, nonatomic) NSArray<NSNumber*>* shape;
@property(readonly, nonatomic) NSArray<NSNumber*>* strides;
@property(readonly, nonatomic) NSInteger count;
- (instancetype)initWithShape:(NSArray<NSNumber*>*)shape
                     dataType:(MLMultiArrayDataType)dataType
                        error:(NSError**)error;
- (void)getBytesWithHandler:(void (^)(const void* bytes, NSInteger size))handler;
- (void)getMutableBytesWithHandler:(void (^)(void* bytes, NSInteger size,
                                             NSArray<NSNumber*>* strides))handler;
// The fake's: rows further apart than they are long.
- (instancetype)initPaddedWithShape:(NSArray<NSNumber*>*)shape
                           dataType:(MLMultiArrayDataType)dataType;
@end
