#pragma once

#import <CoreML/MLModel.h>

@interface MLState : FakeObject {
  NSMutableDictionary* buffers_;
}
- (void)getMultiArrayForStateNamed:(NSString*)name handler:(void (^)(MLMultiArray* buffer))handler;
@end

@interface MLModel (MLState)
- (MLState*)newState;
- (id<MLFeatureProvider>)predictionFromFeatures:(id<MLFeatureProvider>)input
                                     usingState:(MLState*)state
                                          error:(NSError**)error;
@end
