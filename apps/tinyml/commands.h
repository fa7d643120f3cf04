// The subcommands, each in a file of its own name.
#ifndef TINYML_APPS_COMMANDS_H_
#define TINYML_APPS_COMMANDS_H_

#include "apps/tinyml/command.h"
#include "apps/tinyml/options.h"

namespace tinyml::cli {

void AddArenaSizeCommand(CLI::App& app, Context& context);
void AddCheckCommand(CLI::App& app, Context& context);
void AddCompletionCommand(CLI::App& app, Context& context);
void AddConvertCommand(CLI::App& app, Context& context);
void AddExplainCommand(CLI::App& app, Context& context);
void AddInspectCommand(CLI::App& app, Context& context);
void AddManCommand(CLI::App& app, Context& context);
void AddQuantizeCommand(CLI::App& app, Context& context);
void AddRunCommand(CLI::App& app, Context& context);
void AddTargetsCommand(CLI::App& app, Context& context);

}  // namespace tinyml::cli

#endif  // TINYML_APPS_COMMANDS_H_
