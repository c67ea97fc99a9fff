"""The double of a language model's provider: it speaks as Anthropic and as OpenAI do."""
