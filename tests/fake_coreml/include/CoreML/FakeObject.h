// What every class of the fake descends from: it counts those that live.
#pragma once

#import <Foundation/Foundation.h>

@interface FakeObject : NSObject
@end
