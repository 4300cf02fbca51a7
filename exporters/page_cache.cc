#include "exporters/page_cache.h"

#include <zlib.h>

#include <algorithm>

#include "core/error.h"
#include "exporters/accept.h"

namespace anemon {
namespace {

constexpr size_t kWorthCompressing = 1024;

const HttpFields kPlainFields = {{"Vary", "Accept, Accept-Encoding"}};
const HttpFields kGzipFields = {{"Vary", "Accept, Accept-Encoding"}, {"Content-Encoding", "gzip"}};

ExpositionFormat format_of(PageVariant variant) {
  return (variant & PageCache::kOpenMetrics) != 0 ? ExpositionFormat::openmetrics
                                                  : ExpositionFormat::text;
}

}  // namespace

// Keeps zlib's state (about 260 kB) from page to page. The fastest level: on a loopback or a local
// network the sender's time costs more than the bytes.
class PageCache::Gzip {
 public:
  Gzip() {
    constexpr int kGzipFormat = 16;
    if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + kGzipFormat, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw Error("gzip of a page: zlib cannot be initialised");
    }
  }
  ~Gzip() { deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  std::string compress(const std::string& plain) {
    deflateReset(&stream_);
    std::string out(deflateBound(&stream_, plain.size()), '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream_.avail_in = static_cast<uInt>(plain.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) {
      throw Error("gzip of a page: zlib failed");
    }
    out.resize(stream_.total_out);
    out.shrink_to_fit();
    return out;
  }

 private:
  z_stream stream_{};
};

PageCache::PageCache(const Sources& sources) : sources_(sources), exposition_(sources) {}
PageCache::~PageCache() = default;

PageVariant PageCache::choose(const HttpRequest& request) {
  PageVariant variant = 0;
  if (negotiate_format(request.head.header("Accept")) == ExpositionFormat::openmetrics) {
    variant |= kOpenMetrics;
  }
  if (accepts_gzip(request.head.header("Accept-Encoding"))) variant |= kGzip;
  return variant;
}

uint64_t PageCache::passes() const {
  uint64_t sum = 0;
  for (const auto& group : sources_.store.groups()) sum += group->passes();
  return sum;
}

SharedPage PageCache::page(PageVariant variant) {
  variant &= kOpenMetrics | kGzip;
  const Instant now = sources_.clock.now();
  // Taken before the values are read: a pass in between makes the next scrape build again.
  const uint64_t passes = this->passes();
  const uint64_t version = sources_.signals.version();
  if (passes != passes_ || version != signals_version_ || now.awake > expires_) {
    pages_ = {};
    passes_ = passes;
    signals_version_ = version;
    expires_ = now.awake + kMaxAge;
  }
  SharedPage& plain = pages_[variant & kOpenMetrics];
  if (!plain) {
    std::string body;
    const Duration holds = exposition_.render(format_of(variant), now, body);
    expires_ = std::min(expires_, holds);
    plain = std::make_shared<const Page>(content_type(format_of(variant)), std::move(body),
                                         kPlainFields);
  }
  SharedPage& page = pages_[variant];
  if (!page && plain->body().size() < kWorthCompressing) page = plain;
  if (!page) {
    if (!gzip_) gzip_ = std::make_unique<Gzip>();
    page = std::make_shared<const Page>(content_type(format_of(variant)),
                                        gzip_->compress(plain->body()), kGzipFields);
  }
  return page;
}

Route metrics_route(PageCache& cache) {
  Route route;
  route.method = "GET";
  route.pattern = "/metrics";
  route.label = "/metrics";
  route.choose = &PageCache::choose;
  route.page = [&cache](PageVariant variant) { return cache.page(variant); };
  return route;
}

}  // namespace anemon
