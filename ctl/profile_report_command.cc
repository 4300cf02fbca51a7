// anemonctl report: a result as HTML, Markdown or CSV.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ctl/arguments.h"
#include "ctl/context.h"
#include "ctl/exit_code.h"
#include "ctl/handlers.h"
#include "ctl/numbers.h"
#include "ctl/output_file.h"
#include "ctl/result_files.h"

namespace anemon {

int report_result(Context& context, const Arguments& arguments) {
  const Json result = find_result(arguments.operands().front());
  const std::string to = arguments.value("to");
  const std::string format = arguments.value("format", format_by_name(to, "html"));
  OutputFile file(to, context.out.file);
  file.write(rendered(result, format));
  const double bytes = file.close();
  if (!to.empty()) context.remark(fmt::format("{}: {} as {}", to, bytes_text(bytes), format));
  return kExitDone;
}

}  // namespace anemon
