#import "tests/fake_coreml/fake_script.h"

#include <atomic>

bool fake_macos_is_at_least(double version);
bool fake_macos_is_at_least(double version) { return fake_coreml::script().macos >= version; }

namespace {

std::atomic<long> live_count{0};

}  // namespace

@implementation FakeObject
- (instancetype)init {
  self = [super init];
  if (self != nil) ++live_count;
  return self;
}
- (void)dealloc {
  --live_count;
  [super dealloc];
}
@end

namespace fake_coreml {

Script& script() {
  static Script scripted;
  return scripted;
}

Record& record() {
  static Record recorded;
  return recorded;
}

void reset() {
  script() = {};
  record() = {};
}

long live_objects() { return live_count; }

NSString* to_nsstring(const std::string& text) {
  return [NSString stringWithUTF8String:text.c_str()];
}

NSArray<NSNumber*>* to_numbers(const std::vector<long>& numbers) {
  NSMutableArray* const made = [NSMutableArray array];
  for (const long number : numbers) [made addObject:[NSNumber numberWithLong:number]];
  return made;
}

NSError* make_error(const Failure& failure) {
  NSMutableDictionary* const facts = [NSMutableDictionary dictionary];
  [facts setObject:to_nsstring(failure.text) forKey:NSLocalizedDescriptionKey];
  if (failure.under != nullptr) {
    [facts setObject:make_error(*failure.under) forKey:NSUnderlyingErrorKey];
  }
  return [NSError errorWithDomain:to_nsstring(failure.domain) code:failure.code userInfo:facts];
}

bool goes_well(const Fault& fault, NSError** error) {
  if (!fault.exception.empty()) {
    [NSException raise:to_nsstring(fault.exception) format:@"because"];
  }
  if (fault.error && error != nullptr) *error = make_error(*fault.error);
  return !fault.error && !fault.nothing;
}

}  // namespace fake_coreml
