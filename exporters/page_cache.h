// The pages of /metrics: one immutable page per variant, built for the first scrape after a pass
// and shared by all that follow. A scrape never touches a device.
//
// Thread safety: one thread, the HTTP server's event thread. Building a page takes the short
// locks that exposition.h names; serving a built one takes none.
#pragma once

#include <array>
#include <memory>

#include "exporters/exposition.h"
#include "exporters/http_message.h"
#include "exporters/http_route.h"
#include "exporters/sources.h"

namespace anemon {

class PageCache {
 public:
  // `sources` must outlive the cache.
  explicit PageCache(const Sources& sources);
  ~PageCache();
  PageCache(const PageCache&) = delete;
  PageCache& operator=(const PageCache&) = delete;

  // What the request's Accept and Accept-Encoding ask for.
  static PageVariant choose(const HttpRequest& request);

  // The current page. It is built anew when a collector has passed, a signal has changed, the
  // readings of a collector have grown stale or the page is older than kMaxAge (the daemon's own
  // instruments go on without passes). Allocates nothing otherwise.
  SharedPage page(PageVariant variant);

  static constexpr Duration kMaxAge = std::chrono::seconds(5);
  static constexpr PageVariant kOpenMetrics = 1, kGzip = 2;  // bits of a variant
  static constexpr size_t kVariants = 4;

 private:
  class Gzip;

  uint64_t passes() const;  // of all groups

  const Sources& sources_;
  Exposition exposition_;
  std::unique_ptr<Gzip> gzip_;
  std::array<SharedPage, kVariants> pages_;

  // What `pages_` were built from, and until when on the awake clock they hold.
  uint64_t passes_ = 0;
  uint64_t signals_version_ = 0;
  Duration expires_ = Duration::min();
};

// The route of GET /metrics.
Route metrics_route(PageCache& cache);

}  // namespace anemon
