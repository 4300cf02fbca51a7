#include "exporters/landing.h"

#include "exporters/page/files.h"
#include "exporters/page/status_page.h"

namespace anemon {
namespace {

constexpr std::string_view kPlain = "text/plain; charset=utf-8";
constexpr Duration kPageHolds = std::chrono::milliseconds(250);

// The page needs its own style, script and icon and asks for itself again; nothing else: no other
// host, no frame, no form, nothing inline.
const HttpFields kPageFields = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-cache"}};

// Fetched once for each visit: a new version of the daemon must not meet the files of the old one.
const HttpFields kFileFields = {{"X-Content-Type-Options", "nosniff"},
                                {"Cache-Control", "no-cache"}};

// Used by the event thread only.
class LivePage {
 public:
  LivePage(const Sources& sources, StatusSource status)
      : sources_(sources), status_(std::move(status)) {}

  SharedPage page() {
    const Duration now = sources_.clock.awake();
    if (!page_ || now >= holds_until_) {
      page_ = std::make_shared<const Page>("text/html; charset=utf-8",
                                           status_page(sources_, status_()), kPageFields);
      holds_until_ = now + kPageHolds;
    }
    return page_;
  }

 private:
  const Sources& sources_;
  const StatusSource status_;
  SharedPage page_;
  Duration holds_until_{};
};

HttpResponse ready(const DaemonStatus& status) {
  if (status.ready) return text_response(200, kPlain, "ready\n");
  std::string body = "not ready\n";
  for (const std::string& name : status.stale_collectors) body += name + "\n";
  return text_response(503, kPlain, std::move(body));
}

Route page_route(const char* path, std::function<SharedPage()> page) {
  Route route;
  route.method = "GET";
  route.pattern = route.label = path;
  route.choose = [](const HttpRequest&) { return PageVariant(0); };
  route.page = [page = std::move(page)](PageVariant) { return page(); };
  return route;
}

Route file_route(const char* path, std::string_view content_type, std::string_view content) {
  const auto file = std::make_shared<const Page>(content_type, std::string(content), kFileFields);
  return page_route(path, [file] { return file; });
}

Route plain_route(const char* path, std::function<HttpResponse()> handler) {
  return {"GET", path, path, RouteSpeed::inline_on_event_thread,
          [handler = std::move(handler)](const HttpRequest&) { return handler(); }};
}

}  // namespace

std::vector<Route> landing_routes(const Sources& sources, StatusSource status) {
  const auto live = std::make_shared<LivePage>(sources, status);
  return {
      page_route("/", [live] { return live->page(); }),
      file_route("/page.css", "text/css; charset=utf-8", kPageCss),
      file_route("/page.js", "text/javascript; charset=utf-8", kPageJs),
      file_route("/icon.svg", "image/svg+xml", kPageIcon),
      plain_route("/-/healthy", [] { return text_response(200, kPlain, "healthy\n"); }),
      plain_route("/-/ready", [status] { return ready(status()); }),
  };
}

}  // namespace anemon
