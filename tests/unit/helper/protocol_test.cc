#include "helper/protocol.h"

#include "tests/catch.h"

using namespace anemon;
using namespace std::chrono_literals;

namespace {

RequestBytes parse(std::string_view bytes) {
  uint32_t flags = 0;
  std::vector<WantedProcess> wanted;
  return parse_request(bytes, flags, wanted);
}

std::string altered(std::string bytes, size_t at, char value) {
  bytes.at(at) = value;
  return bytes;
}

}  // namespace

TEST_CASE("A request is what was asked, and incomplete at every byte before its end") {
  const std::vector<WantedProcess> wanted = {{1, 0}, {7, WantedProcess::kDetailed}, {2000000, 0}};
  const std::string bytes = encode_request(HelperRequest::kRefresh, wanted);
  uint32_t flags = 0;
  std::vector<WantedProcess> parsed;
  REQUIRE(parse_request(bytes, flags, parsed) == RequestBytes::complete);
  CHECK(flags == HelperRequest::kRefresh);
  CHECK(parsed == wanted);
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK(parse(bytes.substr(0, size)) == RequestBytes::incomplete);
  }
  CHECK(parse(encode_request(0, {})) == RequestBytes::complete);
}

TEST_CASE("What is no request is told by its first wrong byte") {
  const std::string bytes = encode_request(0, std::vector<WantedProcess>{{1, 0}});
  for (size_t at = 0; at < offsetof(HelperRequest, count); ++at) {
    CHECK(parse(altered(bytes, at, '\x7f').substr(0, at)) == RequestBytes::incomplete);
    CHECK(parse(altered(bytes, at, '\x7f').substr(0, at + 1)) == RequestBytes::malformed);
  }
  CHECK(parse("GET / HTTP/1.1\r\n") == RequestBytes::malformed);
  CHECK(parse(bytes + "x") == RequestBytes::malformed);
  CHECK(parse(encode_request(2, {})) == RequestBytes::malformed);
}

TEST_CASE("A list that is too long, out of order or of no pids is malformed") {
  std::vector<WantedProcess> many;
  for (int32_t pid = 1; pid <= static_cast<int32_t>(kMaxWanted); ++pid) many.push_back({pid, 0});
  CHECK(parse(encode_request(0, many)) == RequestBytes::complete);
  CHECK(encode_request(0, many).size() == kMaxHelperRequest);
  many.push_back({100000, 0});
  // The head alone gives it away.
  CHECK(parse(encode_request(0, many).substr(0, sizeof(HelperRequest))) == RequestBytes::malformed);

  using List = std::vector<WantedProcess>;
  for (const List& list :
       {List{{0, 0}}, List{{-1, 0}}, List{{5, 0}, {5, 0}}, List{{5, 0}, {4, 0}}, List{{5, 2}}}) {
    CHECK(parse(encode_request(0, list)) == RequestBytes::malformed);
  }
}

TEST_CASE("An answer arrives as it was given, what is unset included") {
  PowermetricsStatus powermetrics{PowermetricsStatus::State::waiting, "ended with status 3", 4s, 9};
  std::vector<HelpedProcess> processes(3);
  processes[0].record = {7, 5s, 6ms, 8, 9, ProcessName("name"), 10};
  processes[0].lookup = Processes::Lookup::found;
  processes[0].detailed = true;
  processes[0].details.footprint_bytes = 11;
  processes[0].details.energy_nanojoules = 0;
  processes[0].details.open_files_refused = true;
  processes[1].record.pid = 8;
  processes[1].lookup = Processes::Lookup::refused;
  processes[2].record = {9, 1s, 2s, 3, 4, ProcessName(std::string(64, 'x')), {}};
  processes[2].lookup = Processes::Lookup::found;
  const std::vector<WantedProcess> wanted = {{7, 1}, {8, 0}, {9, 0}};

  const std::string bytes = encode_answer(powermetrics, processes);
  PowermetricsStatus status;
  std::vector<HelpedProcess> decoded;
  REQUIRE(decode_answer(bytes, wanted, status, decoded));
  CHECK(status.state == PowermetricsStatus::State::waiting);
  CHECK(status.reason == "ended with status 3");
  CHECK(status.cpu == 4s);
  CHECK(status.starts == 9);
  REQUIRE(decoded.size() == 3);
  CHECK(decoded[0].record == processes[0].record);
  CHECK(decoded[0].detailed);
  CHECK(decoded[0].details.footprint_bytes == 11);
  CHECK(decoded[0].details.energy_nanojoules == 0);
  CHECK_FALSE(decoded[0].details.open_files);
  CHECK(decoded[0].details.open_files_refused);
  CHECK(decoded[1].lookup == Processes::Lookup::refused);
  CHECK(decoded[2].record == processes[2].record);
  CHECK_FALSE(decoded[2].detailed);

  CHECK_FALSE(decode_answer(bytes.substr(1), wanted, status, decoded));
  CHECK_FALSE(
      decode_answer(bytes, std::vector<WantedProcess>{{7, 1}, {8, 0}, {10, 0}}, status, decoded));
  CHECK_FALSE(decode_answer(bytes, std::vector<WantedProcess>{{7, 1}, {8, 0}}, status, decoded));
  const size_t name_size = sizeof(HelperAnswer) + offsetof(HelperProcess, name_size);
  CHECK_FALSE(decode_answer(altered(bytes, name_size, 65), wanted, status, decoded));
  const size_t lookup = sizeof(HelperAnswer) + offsetof(HelperProcess, lookup);
  CHECK_FALSE(decode_answer(altered(bytes, lookup, 3), wanted, status, decoded));
  const size_t state = offsetof(HelperAnswer, powermetrics_state);
  CHECK_FALSE(decode_answer(altered(bytes, state, 4), wanted, status, decoded));
  const size_t reason = offsetof(HelperAnswer, reason_size);
  CHECK_FALSE(decode_answer(altered(bytes, reason, 65), wanted, status, decoded));
}

TEST_CASE("A long reason is cut, not written beyond its place") {
  PowermetricsStatus powermetrics;
  powermetrics.reason = std::string(1000, 'r');
  PowermetricsStatus status;
  std::vector<HelpedProcess> none;
  REQUIRE(decode_answer(encode_answer(powermetrics, {}), {}, status, none));
  CHECK(status.reason == std::string(HelperAnswer::kMaxReason, 'r'));
}
