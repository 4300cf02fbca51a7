#include "core/error.h"
#include "ctl/context.h"
#include "ctl/handlers.h"
namespace anemon {
int show_top(Context&, const Arguments&) { throw Error("not built yet"); }
int show_power(Context&, const Arguments&) { throw Error("not built yet"); }
int show_memory(Context&, const Arguments&) { throw Error("not built yet"); }
int run_doctor(Context&, const Arguments&) { throw Error("not built yet"); }
int check_configuration(Context&, const Arguments&) { throw Error("not built yet"); }
int show_configuration(Context&, const Arguments&) { throw Error("not built yet"); }
int reload_configuration(Context&, const Arguments&) { throw Error("not built yet"); }
int print_completion(Context&, const Arguments&) { throw Error("not built yet"); }
}  // namespace anemon
