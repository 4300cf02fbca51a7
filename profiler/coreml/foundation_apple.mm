#include "profiler/coreml/foundation_apple.h"

#include "core/error.h"

namespace anemon::profiler {
namespace {

constexpr int kDeepest = 8;  // errors under errors

}  // namespace

std::string to_text(NSString* text) {
  const char* const utf8 = [text UTF8String];
  return utf8 == nullptr ? std::string() : std::string(utf8);
}

NSString* to_nsstring(std::string_view text) {
  NSString* const made = ANEMON_OWNED([[NSString alloc] initWithBytes:text.data()
                                                               length:text.size()
                                                             encoding:NSUTF8StringEncoding]);
  if (made == nil) throw Error("a text is not UTF-8");
  return made;
}

NSURL* to_url(const std::filesystem::path& path) {
  return [NSURL fileURLWithPath:to_nsstring(std::filesystem::absolute(path).string())];
}

std::filesystem::path to_path(NSURL* url) { return to_text([url path]); }

models::Shape to_shape(NSArray<NSNumber*>* numbers) {
  models::Shape shape;
  for (NSNumber* number in numbers) shape.push_back([number longLongValue]);
  return shape;
}

NSArray<NSNumber*>* to_numbers(const models::Shape& shape) {
  NSMutableArray<NSNumber*>* const numbers = [NSMutableArray array];
  for (const int64_t extent : shape) {
    [numbers addObject:[NSNumber numberWithLongLong:static_cast<long long>(extent)]];
  }
  return numbers;
}

std::vector<FailureCause> causes_of(NSError* error) {
  std::vector<FailureCause> causes;
  for (int depth = 0; error != nil && depth < kDeepest; ++depth) {
    FailureCause cause;
    cause.domain = to_text([error domain]);
    cause.code = static_cast<long>([error code]);
    cause.text = to_text([error localizedDescription]);
    causes.push_back(cause);
    error = [[error userInfo] objectForKey:NSUnderlyingErrorKey];
  }
  return causes;
}

FailureCause cause_of(NSException* exception) {
  FailureCause cause;
  cause.raised = true;
  cause.domain = to_text([exception name]);
  cause.text = to_text([exception reason]);
  return cause;
}

}  // namespace anemon::profiler
