// SPDX-License-Identifier: LGPL-2.1-or-later
#include "go_template.hpp"

#include "go_functions.hpp"
#include "go_tree.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxSteps = 10'000'000;

[[noreturn]] void fail(const std::string& message) {
    throw Error(ErrorCode::InvalidArgument, "template: " + message);
}

enum class Flow { On, Break, Continue };

class Renderer {
  public:
    Renderer(const Json& data, const GoMethods& methods) : top_(data), methods_(methods) {
        variables_.emplace_back("$", data);
    }

    std::string render(const go::Node& root) {
        run(root.body, top_);
        return std::move(text_);
    }

  private:
    Flow run(const std::vector<go::Node>& nodes, const Json& dot) {
        const std::size_t scope = variables_.size();
        Flow flow = Flow::On;
        for (const auto& node : nodes) {
            flow = run(node, dot);
            if (flow != Flow::On) break;
        }
        variables_.resize(scope);
        return flow;
    }

    Flow run(const go::Node& node, const Json& dot) {
        step();
        switch (node.kind) {
        case go::NodeKind::Text:
            put(node.text);
            return Flow::On;
        case go::NodeKind::Action: {
            const Json value = evaluate(node.pipeline, dot);
            if (node.pipeline.variables.empty())
                put(go::printed(value));
            else
                bind(node.pipeline, value);
            return Flow::On;
        }
        case go::NodeKind::If:
        case go::NodeKind::With:
            return run_branch(node, dot);
        case go::NodeKind::Range:
            return run_range(node, dot);
        case go::NodeKind::Break:
            return Flow::Break;
        case go::NodeKind::Continue:
            return Flow::Continue;
        case go::NodeKind::List:
            break;
        }
        return run(node.body, dot);
    }

    Flow run_branch(const go::Node& node, const Json& dot) {
        const std::size_t scope = variables_.size();
        const Json value = evaluate(node.pipeline, dot);
        if (!node.pipeline.variables.empty()) bind(node.pipeline, value);
        const Json& inner = node.kind == go::NodeKind::With ? value : dot;
        const Flow flow = go::truth(value) ? run(node.body, inner) : run(node.otherwise, dot);
        variables_.resize(scope);
        return flow;
    }

    Flow run_range(const go::Node& node, const Json& dot) {
        const Json list = evaluate(node.pipeline, dot);
        if (!list.is_array() && !list.is_object() && !list.is_null())
            fail("range can't iterate over " + go::printed(list));
        if (list.empty()) return run(node.otherwise, dot);
        std::size_t index = 0;
        for (const auto& entry : list.items()) {
            const std::size_t scope = variables_.size();
            const Json key = list.is_array() ? Json(index) : Json(entry.key());
            bind_range(node.pipeline, key, entry.value());
            const Flow flow = run(node.body, entry.value());
            variables_.resize(scope);
            if (flow == Flow::Break) break;
            ++index;
        }
        return Flow::On;
    }

    void bind_range(const go::Pipeline& pipeline, const Json& key, const Json& value) {
        const auto& names = pipeline.variables;
        if (names.size() == 1) set(names[0], value, pipeline.declares);
        if (names.size() != 2) return;
        set(names[0], key, pipeline.declares);
        set(names[1], value, pipeline.declares);
    }

    void bind(const go::Pipeline& pipeline, const Json& value) {
        if (pipeline.variables.size() > 1) fail("two variables are for range only");
        set(pipeline.variables[0], value, pipeline.declares);
    }

    void set(const std::string& name, const Json& value, bool declares) {
        if (declares) {
            variables_.emplace_back(name, value);
            return;
        }
        for (auto at = variables_.rbegin(); at != variables_.rend(); ++at) {
            if (at->first != name) continue;
            at->second = value;
            return;
        }
        fail("undefined variable " + name);
    }

    const Json& variable(const std::string& name) const {
        for (auto at = variables_.rbegin(); at != variables_.rend(); ++at) {
            if (at->first == name) return at->second;
        }
        fail("undefined variable " + name);
    }

    Json evaluate(const go::Pipeline& pipeline, const Json& dot) {
        Json value;
        for (std::size_t i = 0; i < pipeline.commands.size(); ++i)
            value = evaluate(pipeline.commands[i], dot, i > 0 ? &value : nullptr);
        return value;
    }

    // `piped` is the value of the command before, which becomes the last argument.
    Json evaluate(const go::Command& command, const Json& dot, const Json* piped) {
        step();
        const auto& first = command.operands[0];
        if (first.kind != go::OperandKind::Function) {
            if (const auto* method = method_of(first)) return ask(*method, command, dot, piped);
            if (command.operands.size() > 1 || piped != nullptr)
                fail("can't give arguments to what is no function");
            return value_of(first, dot);
        }
        if (first.name == "and" || first.name == "or") return logical(command, dot, piped);
        std::vector<Json> args;
        for (std::size_t i = 1; i < command.operands.size(); ++i)
            args.push_back(value_of(command.operands[i], dot));
        if (piped != nullptr) args.push_back(*piped);
        return go::call(first.name, args);
    }

    using Method = GoMethods::value_type;
    const Method* method_of(const go::Operand& operand) const {
        const bool dotted = operand.kind == go::OperandKind::Dot ||
                            (operand.kind == go::OperandKind::Variable && operand.name == "$");
        if (!dotted || operand.fields.size() != 1) return nullptr;
        const auto found = methods_.find(operand.fields[0]);
        return found == methods_.end() ? nullptr : &*found;
    }

    Json ask(const Method& method, const go::Command& command, const Json& dot, const Json* piped) {
        std::vector<Json> args;
        for (std::size_t i = 1; i < command.operands.size(); ++i)
            args.push_back(value_of(command.operands[i], dot));
        if (piped != nullptr) args.push_back(*piped);
        if (args.size() != 1 || !args[0].is_string())
            fail("." + method.first + " takes one text, as in {{." + method.first + " \"name\"}}");
        return method.second(args[0].get<std::string>());
    }

    Json logical(const go::Command& command, const Json& dot, const Json* piped) {
        const bool stop_at = command.operands[0].name == "or";
        Json value;
        for (std::size_t i = 1; i < command.operands.size(); ++i) {
            value = value_of(command.operands[i], dot);
            if (go::truth(value) == stop_at) return value;
        }
        if (piped != nullptr) return *piped;
        if (command.operands.size() < 2) fail(command.operands[0].name + " needs an argument");
        return value;
    }

    Json value_of(const go::Operand& operand, const Json& dot) {
        switch (operand.kind) {
        case go::OperandKind::Dot:
            return follow(dot, operand.fields);
        case go::OperandKind::Variable:
            return follow(variable(operand.name), operand.fields);
        case go::OperandKind::Nested:
            return follow(evaluate(*operand.inner, dot), operand.fields);
        case go::OperandKind::Function:
            return evaluate(go::Command{{operand}}, dot, nullptr);
        case go::OperandKind::Literal:
            break;
        }
        return operand.literal;
    }

    Json follow(const Json& start, const std::vector<std::string>& fields) const {
        const Json* value = &start;
        for (const auto& field : fields) {
            if (value->is_null()) return nullptr;
            if (!value->is_object())
                fail("can't evaluate field " + base::printable(field) + " in " +
                     base::printable(go::printed(*value).substr(0, 40)));
            const auto found = value->find(field);
            if (found == value->end() && value == &top_) unknown_field(field);
            if (found == value->end()) return nullptr;
            value = &*found;
        }
        return *value;
    }

    [[noreturn]] void unknown_field(const std::string& field) const {
        std::string names;
        for (const auto& [key, value] : top_.items())
            names += " ." + key;
        fail("there is no field '." + base::printable(field) + "'; there are:" + names);
    }

    void put(const std::string& text) {
        text_ += text;
        if (text_.size() > GoTemplate::kMaxOutput) fail("it makes too much output");
    }

    void step() {
        if (++steps_ > kMaxSteps) fail("it takes too many steps");
    }

    const Json& top_;
    const GoMethods& methods_;
    std::vector<std::pair<std::string, Json>> variables_;
    std::string text_;
    std::size_t steps_ = 0;
};

} // namespace

GoTemplate::GoTemplate(std::string_view source) {
    if (source.size() > kMaxSource) fail("it is longer than 64 KiB");
    root_ = std::make_unique<go::Node>(go::parse(source));
}

GoTemplate::GoTemplate(GoTemplate&&) noexcept = default;
GoTemplate& GoTemplate::operator=(GoTemplate&&) noexcept = default;
GoTemplate::~GoTemplate() = default;

std::string GoTemplate::render(const Json& data, const GoMethods& methods) const {
    return Renderer(data, methods).render(*root_);
}

std::string unescape_format(std::string_view format) {
    std::string text;
    bool inside = false;
    for (std::size_t i = 0; i < format.size(); ++i) {
        const std::string_view rest = format.substr(i);
        if (rest.starts_with("{{")) inside = true;
        if (rest.starts_with("}}")) inside = false;
        if (!inside && rest.starts_with("\\t"))
            text += '\t', ++i;
        else if (!inside && rest.starts_with("\\n"))
            text += '\n', ++i;
        else
            text += format[i];
    }
    return text;
}

} // namespace berth::cli
