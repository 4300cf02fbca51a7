// cpp-httplib is given a message that it cannot misread: the checked request line and nothing else.
// Its parser URL-decodes header values, lets a client's REMOTE_ADDR win over its own, multiplies
// the body for Range and reads bodies of unknown length, so fields and body stay with us; handlers
// read raw fields from the checked head.
//
// Server::process_request and Stream changed between the versions that Debian (0.11) and Homebrew
// (0.15 and later) ship. The stream below defines the methods of both, and the call is chosen by
// what compiles.
#include "exporters/http_gate.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <exception>

namespace anemon {
namespace {

class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string input) : input_(std::move(input)) {}
  const std::string& output() const { return output_; }
  std::string take_output() { return std::move(output_); }

  // Which of these override depends on the version, so none says so.
  // NOLINTBEGIN(modernize-use-override)
  bool is_readable() const { return true; }
  bool is_writable() const { return true; }
  bool wait_readable() const { return true; }
  bool wait_writable() const { return true; }
  bool is_peer_alive() const { return true; }
  time_t duration() const { return 0; }
  socket_t socket() const { return 0; }  // only ever compared with FD_SETSIZE
  void get_remote_ip_and_port(std::string&, int&) const {}
  void get_local_ip_and_port(std::string&, int&) const {}

  ssize_t read(char* to, size_t size) {
    const size_t count = std::min(size, input_.size() - read_);
    std::memcpy(to, input_.data() + read_, count);
    read_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) {
    output_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  // NOLINTEND(modernize-use-override)

 private:
  const std::string input_;
  size_t read_ = 0;
  std::string output_;
};

// What the callbacks that httplib calls within process_request need to know. They get no user
// pointer, but run on the caller's thread.
struct Call {
  GateRequest& request;
  GateResult& result;
  bool close;
  const Route* route = nullptr;
};
thread_local Call* current_call = nullptr;

Refusal failed() {
  return {500, "internal_error", "the request failed; the daemon's log says why"};
}

}  // namespace

class HttpGate::Router final : public httplib::Server {
 public:
  Router(std::vector<Route> routes, Log& log)
      : table_(std::move(routes)), failing_(table_.routes().size()), log_(log) {
    for (size_t i = 0; i < table_.routes().size(); ++i) {
      const Route& route = table_.routes()[i];
      const auto handler = [this, i](const httplib::Request& from, httplib::Response& to) {
        run(i, from, to);
      };
      const std::string expression = RouteTable::expression(route.pattern);
      if (route.method == "GET") Get(expression, handler);
      if (route.method == "POST") Post(expression, Handler(handler));
      if (route.method == "PUT") Put(expression, Handler(handler));
      if (route.method == "PATCH") Patch(expression, Handler(handler));
      if (route.method == "DELETE") Delete(expression, Handler(handler));
    }
    set_error_handler(
        HandlerWithResponse([this](const httplib::Request& from, httplib::Response& to) {
          if (current_call->route == nullptr) refuse_unrouted(from, to);
          return HandlerResponse::Unhandled;  // the body is not httplib's
        }));
    set_exception_handler([](const httplib::Request&, httplib::Response& to, std::exception_ptr) {
      to.status = 500;
    });
    set_post_routing_handler([](const httplib::Request&, httplib::Response& to) { finish(to); });
  }

  GateResult process(GateRequest& request, bool close) {
    GateResult result;
    Call call{request, result, close};
    std::string message(request.head.method);
    message += ' ';
    message += request.head.target;
    message += " HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    MemoryStream stream(std::move(message));
    bool closed = false;
    current_call = &call;
    bool answered = false;
    try {
      answered = ask(*this, stream, close, closed);
    } catch (const std::exception& error) {
      log_.error("http request failed", {{"error", error.what()}});
    }
    current_call = nullptr;
    if (result.needs_pool) return result;
    HttpAnswer& answer = result.answer;
    if (!answered || stream.output().empty()) {
      answer = refusal_answer(failed());
    } else if (!answer.page) {
      answer.head = stream.take_output();
    }
    if (call.route != nullptr) answer.route = call.route->label;
    answer.head_only = request.head.method == "HEAD";
    answer.close |= close || answer.stream != nullptr;
    return result;
  }

  HttpAnswer page(const Route& route, PageVariant variant, bool head_only) {
    HttpAnswer answer = page_from(index_of(route), [&] { return route.page(variant); });
    answer.route = route.label;
    answer.head_only = head_only;
    return answer;
  }

 private:
  // A template, so that the call which this version does not have is never compiled.
  template <class Self>
  static bool ask(Self& self, httplib::Stream& stream, bool close, bool& closed) {
    const std::string none;
    if constexpr (requires { self.process_request(stream, close, closed, nullptr); }) {
      return self.process_request(stream, close, closed, nullptr);
    } else {
      return self.process_request(stream, none, 0, none, 0, close, closed, nullptr);
    }
  }

  size_t index_of(const Route& route) const {
    return static_cast<size_t>(&route - table_.routes().data());
  }

  // Runs a handler. A failure is logged when it begins, not at every request that meets it.
  template <class Body>
  bool guarded(size_t index, Body body) {
    std::string reason;
    try {
      body();
      if (failing_[index].load(std::memory_order_relaxed)) failing_[index] = false;
      return true;
    } catch (const std::exception& error) {
      reason = error.what();
    } catch (...) {
      reason = "an exception of unknown type";
    }
    const Route& route = table_.routes()[index];
    if (!failing_[index].exchange(true)) {
      log_.error("http handler failed",
                 {{"route", route.method + " " + route.pattern}, {"error", reason}});
    }
    return false;
  }

  template <class Make>
  HttpAnswer page_from(size_t index, Make make) {
    SharedPage page;
    if (!guarded(index, [&] { page = make(); })) return refusal_answer(failed());
    if (!page) {
      return refusal_answer({503, "not_ready", "there is nothing to show yet"},
                            "Retry-After: 1\r\n");
    }
    HttpAnswer answer;
    answer.page = std::move(page);
    return answer;
  }

  void run(size_t index, const httplib::Request& from, httplib::Response& to) {
    Call& call = *current_call;
    const Route& route = table_.routes()[index];
    call.route = &route;
    to.status = 200;
    if (route.speed == RouteSpeed::pooled && !call.request.on_pool) {
      call.result.needs_pool = true;
      return;
    }
    HttpRequest request;
    request.method = route.method;
    request.path = from.path;
    request.query.assign(from.params.begin(), from.params.end());
    for (size_t i = 1; i < from.matches.size(); ++i)
      request.path_parameters.push_back(from.matches[i]);
    request.body = std::move(call.request.body);
    request.head = call.request.head;
    request.local = call.request.local;
    request.peer = call.request.peer;

    if (route.page) {
      HttpAnswer& answer = call.result.answer;
      answer = page_from(index, [&] {
        call.result.variant = route.choose(request);
        return route.page(call.result.variant);
      });
      if (!answer.page) return adopt(answer, to);
      call.result.page_route = &route;
      return;
    }
    HttpResponse response;
    if (!guarded(index, [&] { response = route.handler(request); })) {
      call.result.answer = refusal_answer(failed());
      return adopt(call.result.answer, to);
    }
    give(std::move(response), to);
  }

  // The server's own answer in the place of a handler's: it closes, as its head says.
  void adopt(HttpAnswer& answer, httplib::Response& to) {
    to.status = answer.status;
    to.set_header("Content-Type", "application/json");
    if (answer.status == 503) to.set_header("Retry-After", "1");
    current_call->close = true;
  }

  void give(HttpResponse response, httplib::Response& to) {
    HttpAnswer& answer = current_call->result.answer;
    answer.status = to.status = response.status;
    answer.body = std::move(response.body);
    answer.stream = std::move(response.stream);
    if (!response.content_type.empty()) to.set_header("Content-Type", response.content_type);
    for (const auto& [name, value] : response.fields) to.set_header(name, value);
  }

  void refuse_unrouted(const httplib::Request& from, httplib::Response& to) {
    const std::string allowed = table_.allowed_methods(from.path);
    HttpResponse response =
        allowed.empty() ? error_response(404, "not_found", "there is no such resource",
                                         "GET / lists what is here")
                        : error_response(405, "method_not_allowed",
                                         "this resource has no such method", "allowed: " + allowed);
    if (!allowed.empty()) response.fields.emplace_back("Allow", allowed);
    give(std::move(response), to);
  }

  // Takes back what httplib adds and cannot know: the length of a body that it never sees, our idle
  // time, that Range is not served, and whether the connection closes (newer versions close it
  // after every error).
  static void finish(httplib::Response& to) {
    const HttpAnswer& answer = current_call->result.answer;
    for (const char* name : {"Keep-Alive", "Accept-Ranges", "Connection", "Content-Length"}) {
      to.headers.erase(name);
    }
    if (current_call->close || answer.stream) to.set_header("Connection", "close");
    if (answer.stream || to.status == 204 || to.status == 304) return;
    to.set_header("Content-Length", std::to_string(answer.body ? answer.body->size() : 0));
  }

  const RouteTable table_;
  std::vector<std::atomic<bool>> failing_;  // by route
  Log& log_;
};

HttpGate::HttpGate(std::vector<Route> routes, Log& log)
    : router_(std::make_unique<Router>(std::move(routes), log)) {}
HttpGate::~HttpGate() = default;

GateResult HttpGate::process(GateRequest& request, bool close) {
  return router_->process(request, close);
}

HttpAnswer HttpGate::repeat(const Route& route, PageVariant variant, bool head_only) {
  return router_->page(route, variant, head_only);
}

}  // namespace anemon
