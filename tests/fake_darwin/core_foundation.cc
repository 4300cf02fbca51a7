#include <CoreFoundation/CoreFoundation.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "tests/fake_darwin/fake_mac.h"
#include "tests/fake_darwin/objects.h"

namespace anemon::fake {
namespace {

constexpr uint32_t kLive = 0xa11fe;
constexpr uint32_t kDead = 0xdead;

std::atomic<int64_t> live{0};
std::atomic<uint64_t> made{0};

struct Number : Object {
  bool real;
  int64_t integer;
  double floating;
};

struct Data : Object {
  CFIndex size;
  UInt8 bytes[1];
};

struct Boolean_ : Object {
  bool value;
};

Boolean_ yes{{Kind::boolean, kLive, {1}, true}, true};
Boolean_ no{{Kind::boolean, kLive, {1}, true}, false};

template <class T>
const T* as(const void* object, Kind kind, const char* function) {
  return static_cast<const T*>(checked(object, kind, function));
}

Array* mutable_array(CFMutableArrayRef array, const char* function) {
  const Array* checked_array = as<Array>(array, Kind::array, function);
  if (!checked_array->is_mutable) misuse(function, "an array that cannot be changed");
  return const_cast<Array*>(checked_array);
}

const void** grown(const void** values, CFIndex capacity) {
  void* memory = std::realloc(values, static_cast<size_t>(capacity) * sizeof(void*));
  if (memory == nullptr) std::abort();
  return static_cast<const void**>(memory);
}

Array* make_array(CFIndex capacity, bool is_mutable) {
  auto* array = static_cast<Array*>(make_object(Kind::array, sizeof(Array)));
  array->is_mutable = is_mutable;
  array->count = 0;
  array->capacity = capacity;
  array->values = capacity > 0 ? grown(nullptr, capacity) : nullptr;
  return array;
}

void append(Array* array, const void* value) {
  if (array->count == array->capacity) {
    array->capacity = array->capacity == 0 ? 8 : array->capacity * 2;
    array->values = grown(array->values, array->capacity);
  }
  array->values[array->count++] = CFRetain(value);
}

Dictionary* make_dictionary(CFIndex capacity, bool is_mutable) {
  auto* dictionary = static_cast<Dictionary*>(make_object(Kind::dictionary, sizeof(Dictionary)));
  dictionary->is_mutable = is_mutable;
  dictionary->count = 0;
  dictionary->capacity = capacity;
  dictionary->keys = capacity > 0 ? grown(nullptr, capacity) : nullptr;
  dictionary->values = capacity > 0 ? grown(nullptr, capacity) : nullptr;
  return dictionary;
}

CFIndex find(const Dictionary* dictionary, const void* key) {
  for (CFIndex i = 0; i < dictionary->count; ++i) {
    if (dictionary->keys[i] == key || CFEqual(dictionary->keys[i], key)) return i;
  }
  return -1;
}

void put(Dictionary* dictionary, const void* key, const void* value) {
  CFRetain(value);
  if (const CFIndex at = find(dictionary, key); at >= 0) {
    CFRelease(dictionary->values[at]);
    dictionary->values[at] = value;
    return;
  }
  if (dictionary->count == dictionary->capacity) {
    dictionary->capacity = dictionary->capacity == 0 ? 8 : dictionary->capacity * 2;
    dictionary->keys = grown(dictionary->keys, dictionary->capacity);
    dictionary->values = grown(dictionary->values, dictionary->capacity);
  }
  dictionary->keys[dictionary->count] = CFRetain(key);
  dictionary->values[dictionary->count++] = value;
}

void dismantle(Object* object) {
  if (object->kind == Kind::array) {
    auto* array = static_cast<Array*>(object);
    for (CFIndex i = 0; i < array->count; ++i) CFRelease(array->values[i]);
    std::free(array->values);
  } else if (object->kind == Kind::dictionary) {
    auto* dictionary = static_cast<Dictionary*>(object);
    for (CFIndex i = 0; i < dictionary->count; ++i) {
      CFRelease(dictionary->keys[i]);
      CFRelease(dictionary->values[i]);
    }
    std::free(dictionary->keys);
    std::free(dictionary->values);
  }
}

const Object* any(const void* object, const char* function) {
  if (object == nullptr) misuse(function, "NULL");
  const auto* common = static_cast<const Object*>(object);
  if (common->mark != kLive) misuse(function, "something that is no object, or not any more");
  return common;
}

template <class T>
void store(void* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// `lossless` as CFNumberGetValue answers it.
template <class T>
bool store_number(const Number* number, void* to) {
  const T value = number->real ? static_cast<T>(number->floating) : static_cast<T>(number->integer);
  store(to, value);
  return number->real ? static_cast<double>(value) == number->floating
                      : static_cast<int64_t>(value) == number->integer;
}

template <class T>
T load(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

}  // namespace

void misuse(const char* function, const char* what) {
  std::fprintf(stderr, "fake CoreFoundation: %s was given %s\n", function, what);
  std::abort();
}

void* make_object(Kind kind, size_t size) {
  auto* object = static_cast<Object*>(std::calloc(1, size));
  if (object == nullptr) std::abort();
  object->kind = kind;
  object->mark = kLive;
  object->references.store(1, std::memory_order_relaxed);
  live.fetch_add(1, std::memory_order_relaxed);
  made.fetch_add(1, std::memory_order_relaxed);
  return object;
}

const Object* checked(const void* object, Kind kind, const char* function) {
  const Object* common = any(object, function);
  if (common->kind != kind) misuse(function, "an object of another type");
  return common;
}

void count_io_object(int64_t change) {
  live.fetch_add(change, std::memory_order_relaxed);
  if (change > 0) made.fetch_add(1, std::memory_order_relaxed);
}

CFStringRef make_text(const char* bytes, size_t size) {
  auto* text = static_cast<Text*>(make_object(Kind::string, sizeof(Text) + size));
  text->size = size;
  std::memcpy(text->bytes, bytes, size);
  return reinterpret_cast<CFStringRef>(text);
}

int64_t FakeMac::live_objects() { return live.load(); }
uint64_t FakeMac::made_objects() { return made.load(); }

}  // namespace anemon::fake

using namespace anemon::fake;

extern "C" {

const CFAllocatorRef kCFAllocatorDefault = nullptr;
const CFBooleanRef kCFBooleanTrue = reinterpret_cast<CFBooleanRef>(&yes);
const CFBooleanRef kCFBooleanFalse = reinterpret_cast<CFBooleanRef>(&no);
const CFArrayCallBacks kCFTypeArrayCallBacks = {0};
const CFDictionaryKeyCallBacks kCFTypeDictionaryKeyCallBacks = {0};
const CFDictionaryValueCallBacks kCFTypeDictionaryValueCallBacks = {0};

CFTypeRef CFRetain(CFTypeRef object) {
  auto* common = const_cast<Object*>(any(object, "CFRetain"));
  if (!common->constant) common->references.fetch_add(1, std::memory_order_relaxed);
  return object;
}

void CFRelease(CFTypeRef object) {
  auto* common = const_cast<Object*>(any(object, "CFRelease"));
  if (common->constant) return;
  if (common->references.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  dismantle(common);
  common->mark = kDead;
  std::free(common);
  live.fetch_sub(1, std::memory_order_relaxed);
}

CFTypeID CFGetTypeID(CFTypeRef object) {
  return static_cast<CFTypeID>(any(object, "CFGetTypeID")->kind);
}

Boolean CFEqual(CFTypeRef left, CFTypeRef right) {
  const Object* first = any(left, "CFEqual");
  const Object* second = any(right, "CFEqual");
  if (first == second) return 1;
  if (first->kind != second->kind || first->kind != Kind::string) return 0;
  const auto* a = static_cast<const Text*>(first);
  const auto* b = static_cast<const Text*>(second);
  return a->size == b->size && std::memcmp(a->bytes, b->bytes, a->size) == 0;
}

CFTypeID CFStringGetTypeID(void) { return static_cast<CFTypeID>(Kind::string); }
CFTypeID CFNumberGetTypeID(void) { return static_cast<CFTypeID>(Kind::number); }
CFTypeID CFBooleanGetTypeID(void) { return static_cast<CFTypeID>(Kind::boolean); }
CFTypeID CFDataGetTypeID(void) { return static_cast<CFTypeID>(Kind::data); }
CFTypeID CFArrayGetTypeID(void) { return static_cast<CFTypeID>(Kind::array); }
CFTypeID CFDictionaryGetTypeID(void) { return static_cast<CFTypeID>(Kind::dictionary); }

// One object per text for the life of the program, as the compiler's constants; not counted.
CFStringRef __CFStringMakeConstantString(const char* text) {
  constexpr size_t kMost = 256;
  static std::mutex mutex;
  static Text* texts[kMost];
  static size_t count = 0;
  const std::lock_guard lock(mutex);
  for (size_t i = 0; i < count; ++i) {
    if (std::strcmp(texts[i]->bytes, text) == 0) return reinterpret_cast<CFStringRef>(texts[i]);
  }
  if (count == kMost) misuse("CFSTR", "more texts than the fake has room for");
  auto* constant =
      reinterpret_cast<Text*>(const_cast<struct __CFString*>(make_text(text, std::strlen(text))));
  constant->constant = true;
  live.fetch_sub(1, std::memory_order_relaxed);
  texts[count++] = constant;
  return reinterpret_cast<CFStringRef>(constant);
}

CFStringRef CFStringCreateWithCString(CFAllocatorRef, const char* text, CFStringEncoding) {
  if (text == nullptr) misuse("CFStringCreateWithCString", "NULL");
  return make_text(text, std::strlen(text));
}

CFStringRef CFStringCreateWithBytes(CFAllocatorRef, const UInt8* bytes, CFIndex size,
                                    CFStringEncoding, Boolean) {
  if (bytes == nullptr && size > 0) misuse("CFStringCreateWithBytes", "NULL");
  return make_text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
}

CFIndex CFStringGetLength(CFStringRef string) {
  return static_cast<CFIndex>(as<Text>(string, Kind::string, "CFStringGetLength")->size);
}

CFIndex CFStringGetMaximumSizeForEncoding(CFIndex length, CFStringEncoding) { return length * 3; }

// Always the slow path, which is the one that works for every string.
const char* CFStringGetCStringPtr(CFStringRef string, CFStringEncoding) {
  as<Text>(string, Kind::string, "CFStringGetCStringPtr");
  return nullptr;
}

Boolean CFStringGetCString(CFStringRef string, char* buffer, CFIndex size, CFStringEncoding) {
  const Text* text = as<Text>(string, Kind::string, "CFStringGetCString");
  if (buffer == nullptr) misuse("CFStringGetCString", "no buffer");
  if (static_cast<size_t>(size) <= text->size) return 0;
  std::memcpy(buffer, text->bytes, text->size);
  buffer[text->size] = '\0';
  return 1;
}

CFNumberRef CFNumberCreate(CFAllocatorRef, CFNumberType type, const void* value) {
  if (value == nullptr) misuse("CFNumberCreate", "NULL");
  auto* number = static_cast<Number*>(make_object(Kind::number, sizeof(Number)));
  switch (type) {
    case kCFNumberSInt8Type:
      number->integer = load<int8_t>(value);
      break;
    case kCFNumberSInt16Type:
      number->integer = load<int16_t>(value);
      break;
    case kCFNumberSInt32Type:
    case kCFNumberIntType:
      number->integer = load<int32_t>(value);
      break;
    case kCFNumberSInt64Type:
    case kCFNumberLongType:
    case kCFNumberLongLongType:
      number->integer = load<int64_t>(value);
      break;
    case kCFNumberFloat32Type:
      number->real = true;
      number->floating = static_cast<double>(load<float>(value));
      break;
    case kCFNumberFloat64Type:
    case kCFNumberDoubleType:
      number->real = true;
      number->floating = load<double>(value);
      break;
    default:
      misuse("CFNumberCreate", "a type that the fake does not know");
  }
  return reinterpret_cast<CFNumberRef>(number);
}

Boolean CFNumberGetValue(CFNumberRef object, CFNumberType type, void* value) {
  const Number* number = as<Number>(object, Kind::number, "CFNumberGetValue");
  switch (type) {
    case kCFNumberSInt8Type:
      return store_number<int8_t>(number, value);
    case kCFNumberSInt16Type:
      return store_number<int16_t>(number, value);
    case kCFNumberSInt32Type:
    case kCFNumberIntType:
      return store_number<int32_t>(number, value);
    case kCFNumberSInt64Type:
    case kCFNumberLongType:
    case kCFNumberLongLongType:
      return store_number<int64_t>(number, value);
    case kCFNumberFloat64Type:
    case kCFNumberDoubleType:
      store(value, number->real ? number->floating : static_cast<double>(number->integer));
      return 1;
    default:
      misuse("CFNumberGetValue", "a type that the fake does not know");
  }
}

Boolean CFBooleanGetValue(CFBooleanRef boolean) {
  return as<Boolean_>(boolean, Kind::boolean, "CFBooleanGetValue")->value ? 1 : 0;
}

CFDataRef CFDataCreate(CFAllocatorRef, const UInt8* bytes, CFIndex size) {
  auto* data =
      static_cast<Data*>(make_object(Kind::data, sizeof(Data) + static_cast<size_t>(size)));
  data->size = size;
  if (size > 0) std::memcpy(data->bytes, bytes, static_cast<size_t>(size));
  return reinterpret_cast<CFDataRef>(data);
}

CFIndex CFDataGetLength(CFDataRef data) {
  return as<Data>(data, Kind::data, "CFDataGetLength")->size;
}

const UInt8* CFDataGetBytePtr(CFDataRef data) {
  return as<Data>(data, Kind::data, "CFDataGetBytePtr")->bytes;
}

CFArrayRef CFArrayCreate(CFAllocatorRef, const void** values, CFIndex count,
                         const CFArrayCallBacks* callbacks) {
  if (callbacks != &kCFTypeArrayCallBacks) misuse("CFArrayCreate", "unknown callbacks");
  Array* array = make_array(count, false);
  for (CFIndex i = 0; i < count; ++i) append(array, values[i]);
  return reinterpret_cast<CFArrayRef>(array);
}

CFMutableArrayRef CFArrayCreateMutable(CFAllocatorRef, CFIndex, const CFArrayCallBacks* callbacks) {
  if (callbacks != &kCFTypeArrayCallBacks) misuse("CFArrayCreateMutable", "unknown callbacks");
  return reinterpret_cast<CFMutableArrayRef>(make_array(0, true));
}

CFMutableArrayRef CFArrayCreateMutableCopy(CFAllocatorRef, CFIndex, CFArrayRef original) {
  const Array* from = as<Array>(original, Kind::array, "CFArrayCreateMutableCopy");
  Array* array = make_array(from->count, true);
  for (CFIndex i = 0; i < from->count; ++i) append(array, from->values[i]);
  return reinterpret_cast<CFMutableArrayRef>(array);
}

CFIndex CFArrayGetCount(CFArrayRef array) {
  return as<Array>(array, Kind::array, "CFArrayGetCount")->count;
}

const void* CFArrayGetValueAtIndex(CFArrayRef object, CFIndex index) {
  const Array* array = as<Array>(object, Kind::array, "CFArrayGetValueAtIndex");
  if (index < 0 || index >= array->count) misuse("CFArrayGetValueAtIndex", "an index out of range");
  return array->values[index];
}

void CFArrayAppendValue(CFMutableArrayRef array, const void* value) {
  append(mutable_array(array, "CFArrayAppendValue"), value);
}

void CFArrayAppendArray(CFMutableArrayRef object, CFArrayRef other, CFRange range) {
  Array* array = mutable_array(object, "CFArrayAppendArray");
  for (CFIndex i = 0; i < range.length; ++i) {
    append(array, CFArrayGetValueAtIndex(other, range.location + i));
  }
}

CFDictionaryRef CFDictionaryCreate(CFAllocatorRef, const void** keys, const void** values,
                                   CFIndex count, const CFDictionaryKeyCallBacks* key_callbacks,
                                   const CFDictionaryValueCallBacks* value_callbacks) {
  if (key_callbacks != &kCFTypeDictionaryKeyCallBacks ||
      value_callbacks != &kCFTypeDictionaryValueCallBacks) {
    misuse("CFDictionaryCreate", "unknown callbacks");
  }
  Dictionary* dictionary = make_dictionary(count, false);
  for (CFIndex i = 0; i < count; ++i) put(dictionary, keys[i], values[i]);
  return reinterpret_cast<CFDictionaryRef>(dictionary);
}

CFMutableDictionaryRef CFDictionaryCreateMutable(
    CFAllocatorRef, CFIndex, const CFDictionaryKeyCallBacks* key_callbacks,
    const CFDictionaryValueCallBacks* value_callbacks) {
  if (key_callbacks != &kCFTypeDictionaryKeyCallBacks ||
      value_callbacks != &kCFTypeDictionaryValueCallBacks) {
    misuse("CFDictionaryCreateMutable", "unknown callbacks");
  }
  return reinterpret_cast<CFMutableDictionaryRef>(make_dictionary(0, true));
}

CFMutableDictionaryRef CFDictionaryCreateMutableCopy(CFAllocatorRef, CFIndex,
                                                     CFDictionaryRef original) {
  const Dictionary* from =
      as<Dictionary>(original, Kind::dictionary, "CFDictionaryCreateMutableCopy");
  Dictionary* dictionary = make_dictionary(from->count + 1, true);
  for (CFIndex i = 0; i < from->count; ++i) {
    dictionary->keys[i] = CFRetain(from->keys[i]);
    dictionary->values[i] = CFRetain(from->values[i]);
  }
  dictionary->count = from->count;
  return reinterpret_cast<CFMutableDictionaryRef>(dictionary);
}

CFIndex CFDictionaryGetCount(CFDictionaryRef dictionary) {
  return as<Dictionary>(dictionary, Kind::dictionary, "CFDictionaryGetCount")->count;
}

const void* CFDictionaryGetValue(CFDictionaryRef object, const void* key) {
  const Dictionary* dictionary = as<Dictionary>(object, Kind::dictionary, "CFDictionaryGetValue");
  const CFIndex at = find(dictionary, key);
  return at < 0 ? nullptr : dictionary->values[at];
}

void CFDictionaryGetKeysAndValues(CFDictionaryRef object, const void** keys, const void** values) {
  const Dictionary* dictionary =
      as<Dictionary>(object, Kind::dictionary, "CFDictionaryGetKeysAndValues");
  for (CFIndex i = 0; i < dictionary->count; ++i) {
    if (keys != nullptr) keys[i] = dictionary->keys[i];
    if (values != nullptr) values[i] = dictionary->values[i];
  }
}

void CFDictionarySetValue(CFMutableDictionaryRef object, const void* key, const void* value) {
  const Dictionary* dictionary = as<Dictionary>(object, Kind::dictionary, "CFDictionarySetValue");
  if (!dictionary->is_mutable) {
    misuse("CFDictionarySetValue", "a dictionary that cannot be changed");
  }
  put(const_cast<Dictionary*>(dictionary), key, value);
}

}  // extern "C"
