#include "exporters/http_route.h"

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/exporters/http_fixture.h"

namespace anemon {

using test::get_route;
using test::hello;
using test::post_route;

TEST_CASE("a path allows the methods of all the patterns that match it") {
  std::vector<Route> routes;
  routes.push_back(get_route("/v1/sessions", hello));
  routes.push_back(post_route("/v1/sessions", hello));
  routes.push_back(get_route("/v1/sessions/{id}", hello));
  routes.push_back(post_route("/v1/sessions/{id}/stop", hello));
  const RouteTable table(std::move(routes));
  CHECK(table.allowed_methods("/v1/sessions") == "GET, HEAD, POST");
  CHECK(table.allowed_methods("/v1/sessions/7") == "GET, HEAD");
  CHECK(table.allowed_methods("/v1/sessions/7/stop") == "POST");
  CHECK(table.allowed_methods("/v1/sessions/") == "");
  CHECK(table.allowed_methods("/v1/sessions/7/8") == "");
  CHECK(table.allowed_methods("/v1/sessions/" + std::string(65, 'a')) == "");
}

TEST_CASE("what is special to a regular expression is a plain character of a pattern") {
  std::vector<Route> routes;
  routes.push_back(get_route("/-/ready.txt", hello));
  const RouteTable table(std::move(routes));
  CHECK(table.allowed_methods("/-/ready.txt") == "GET, HEAD");
  CHECK(table.allowed_methods("/-/readyXtxt") == "");
}

TEST_CASE("a route that contradicts itself is refused at start") {
  const auto table_of = [](Route route) {
    std::vector<Route> routes;
    routes.push_back(std::move(route));
    return RouteTable(std::move(routes));
  };
  Route method = get_route("/", hello);
  method.method = "FETCH";
  CHECK_THROWS_AS(table_of(method), Error);
  CHECK_THROWS_AS(table_of(get_route("relative", hello)), Error);
  CHECK_THROWS_AS(table_of(get_route("/", {})), Error);
  CHECK_THROWS_AS(table_of(get_route("/{id", hello)), Error);
  Route slow_page = test::page_route("/", [](PageVariant) { return SharedPage(); });
  slow_page.speed = RouteSpeed::pooled;
  CHECK_THROWS_AS(table_of(slow_page), Error);
}

}  // namespace anemon
